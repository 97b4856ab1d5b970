"""The landing zone: immutable Parquet files, and the manifest that says which of them exist.

What belongs here: how files and positions become durable together. What does not: where rows come
from (`ingestion.postgres`, `ingestion.kafka`) and what they mean (`dbt_project/`).
"""

from ingestion.landing.batch import Batch, ConcurrentRunError
from ingestion.landing.manifest import Counts, LandedFile, ManifestEntry, Position, Verdict
from ingestion.landing.report import DatasetReport, IncompleteIngestError
from ingestion.landing.zone import LandingZone

__all__ = [
    "Batch",
    "ConcurrentRunError",
    "Counts",
    "DatasetReport",
    "IncompleteIngestError",
    "LandedFile",
    "LandingZone",
    "ManifestEntry",
    "Position",
    "Verdict",
]
