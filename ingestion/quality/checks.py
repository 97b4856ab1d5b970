"""A report as a handful of checks: what an orchestrator shows beside a dataset."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.quality import breaker
from ingestion.quality.results import QualityReport
from ingestion.quality.rules import Severity

BREAKER = "breaker"
#: Name of a check → what it asks of a batch. Every dataset has all of them.
CHECKS: dict[str, str] = {
    BREAKER: f"At most {breaker.MOST_QUARANTINED:.0%} of the rows read are in quarantine",
    "keys": "Keys and owners are there, and no key is twice",
    "formats": "E-mails, phones and codes look as they usually do",
    "ranges": "Amounts, quantities and dates are in their ranges",
    "values": "Required values are there, and statuses are known",
    "volume": "As many rows as this dataset usually brings",
    "freshness": "Rows are neither stale nor from the future",
}


@dataclass(frozen=True)
class QualityCheck:
    """One check on one batch.

    Attributes:
        name: One of `CHECKS`.
        passed: Whether no rule of it failed.
        severity: Of the worst failure; an error holds the batch. A passed check has `warning`.
        rules: How many rules were evaluated.
        failures: One line for each that failed; counts, no values.
    """

    name: str
    passed: bool
    severity: Severity
    rules: int
    failures: tuple[str, ...]


def checks(report: QualityReport) -> list[QualityCheck]:
    """All checks of a report, in the order of `CHECKS`."""
    return [_breaker(report), *(_rules(report, name) for name in CHECKS if name != BREAKER)]


def _breaker(report: QualityReport) -> QualityCheck:
    line = breaker.opened(report.dataset, report.rows_read, report.quarantined)
    failures = (line,) if line else ()
    return QualityCheck(BREAKER, not line, "error" if line else "warning", 1, failures)


def _rules(report: QualityReport, name: str) -> QualityCheck:
    of_kind = [result for result in report.results if result.kind == name]
    failed = [result for result in of_kind if not result.success]
    severity: Severity = "error" if any(result.held for result in failed) else "warning"
    lines = tuple(report.line(result) for result in failed)
    return QualityCheck(name, not failed, severity, len(of_kind), lines)
