"""Data-quality checks on landed batches: rule suites, a circuit breaker and result pages.

This package validates batches and records the results. It does not clean rows (the SQL in
`dbt_project/` does) and it does not skip held batches (the warehouse loader does).
"""

from ingestion.quality.checks import CHECKS, QualityCheck, checks
from ingestion.quality.pages import publish
from ingestion.quality.results import QualityReport, RuleResult
from ingestion.quality.validating import revalidate_held, validate_batches

__all__ = [
    "CHECKS",
    "QualityCheck",
    "QualityReport",
    "RuleResult",
    "checks",
    "publish",
    "revalidate_held",
    "validate_batches",
]
