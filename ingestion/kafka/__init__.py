"""Ingest Kafka topics: read raw messages, validate them and land or quarantine each."""

from ingestion.kafka.ingest import ingest

__all__ = ["ingest"]
