"""The quality guard on what arrives: suites per table and event type, a breaker, and pages.

What belongs here: what a good batch looks like, and who may not pass. What does not: mending rows
(that is SQL in `dbt_project/`), and holding them back (the warehouse loader reads the verdicts).
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
