"""Reads Kafka topics into the landing zone: raw bytes first, then the contract sorts them."""

from ingestion.kafka.ingest import ingest

__all__ = ["ingest"]
