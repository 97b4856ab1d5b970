"""Ingest PostgreSQL tables: one full read, then deltas with inserts, updates and deletes."""

from ingestion.postgres.ingest import ingest
from ingestion.postgres.sources import OltpSource, SourcesReport, ingest_sources

__all__ = ["OltpSource", "SourcesReport", "ingest", "ingest_sources"]
