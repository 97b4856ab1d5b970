"""Reads PostgreSQL tables into the landing zone: full once, then what changed, deletes included."""

from ingestion.postgres.ingest import ingest
from ingestion.postgres.sources import OltpSource, SourcesReport, ingest_sources

__all__ = ["OltpSource", "SourcesReport", "ingest", "ingest_sources"]
