"""Reads PostgreSQL tables into the landing zone: full once, then what changed, deletes included."""

from ingestion.postgres.ingest import ingest

__all__ = ["ingest"]
