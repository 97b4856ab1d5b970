"""Summarise a quality report as a few checks, which the orchestrator shows for each dataset."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.quality import breaker
from ingestion.quality.results import QualityReport
from ingestion.quality.rules import Severity

BREAKER = "breaker"
#: Name of a check → what it requires. Every dataset has all of them.
CHECKS: dict[str, str] = {
    BREAKER: f"At most {breaker.MAX_QUARANTINED_SHARE:.0%} of the rows read are in quarantine",
    "keys": "Keys and owners are not null, and keys are unique",
    "formats": "E-mails, phone numbers and codes have their usual format",
    "ranges": "Amounts, quantities and dates are within their ranges",
    "values": "Required values are present, and statuses are known",
    "volume": "The number of rows is usual for this dataset",
    "freshness": "Rows are neither stale nor dated in the future",
}


@dataclass(frozen=True)
class QualityCheck:
    """One check on one batch.

    Attributes:
        name: One of `CHECKS`.
        passed: True if none of its rules failed.
        severity: Severity of the worst failure; an error holds the batch. `warning` if it passed.
        rules: Number of rules evaluated.
        failures: One line per failed rule, with counts but no values.
    """

    name: str
    passed: bool
    severity: Severity
    rules: int
    failures: tuple[str, ...]


def checks(report: QualityReport) -> list[QualityCheck]:
    """Return all checks of a report, in the order of `CHECKS`."""
    return [_breaker(report), *(_rules(report, name) for name in CHECKS if name != BREAKER)]


def _breaker(report: QualityReport) -> QualityCheck:
    line = breaker.failure(report.dataset, report.rows_read, report.quarantined)
    failures = (line,) if line else ()
    return QualityCheck(BREAKER, not line, "error" if line else "warning", 1, failures)


def _rules(report: QualityReport, name: str) -> QualityCheck:
    of_kind = [result for result in report.results if result.kind == name]
    failed = [result for result in of_kind if not result.success]
    severity: Severity = "error" if any(result.held for result in failed) else "warning"
    lines = tuple(report.line(result) for result in failed)
    return QualityCheck(name, not failed, severity, len(of_kind), lines)
