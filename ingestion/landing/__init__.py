"""The landing zone: immutable Parquet files, and a manifest that lists the valid ones.

This package makes files and read positions durable together. Reading the sources is the task of
`ingestion.postgres` and `ingestion.kafka`; the meaning of rows is defined in `dbt_project/`.
"""

from ingestion.landing.batch import Batch, ConcurrentRunError
from ingestion.landing.manifest import Counts, LandedFile, ManifestEntry, Position, ValidationResult
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
    "ValidationResult",
]
