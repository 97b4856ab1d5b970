"""Validation results as Dagster check results: counts without row values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import dagster as dg

from ingestion.landing import ValidationResult
from ingestion.quality import QualityReport, checks

Result = TypeVar("Result", QualityReport, ValidationResult)
HELD, EXPECTATIONS = "no_batch_held", "meets_expectations"


def by_asset(
    results: Iterable[Result], keys: Mapping[str, dg.AssetKey]
) -> dict[dg.AssetKey, list[Result]]:
    """Group reports or validation results by the asset of their dataset, whatever its source."""
    found: dict[dg.AssetKey, list[Result]] = {}
    for one in results:
        if key := keys.get(one.dataset.partition("@")[0]):
            found.setdefault(key, []).append(one)
    return found


def held_result(
    key: dg.AssetKey, reports: Sequence[QualityReport], held: Sequence[ValidationResult]
) -> dg.AssetCheckResult:
    """Fails while any batch of the asset is held for review, old or new."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=HELD,
        passed=not held,
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(reason for result in held for reason in result.reasons),
        metadata={
            "batches_held": len(held),
            "batches_reviewed": len(reports),
            "rows_read": sum(report.rows_read for report in reports),
            "rows_quarantined": sum(report.rows_quarantined for report in reports),
            "expectations": sum(len(report.results) for report in reports),
        },
    )


def expectations_result(key: dg.AssetKey, reports: Sequence[QualityReport]) -> dg.AssetCheckResult:
    """Warns of every expectation that failed in the batches just validated."""
    found = [check for report in reports for check in checks(report)]
    failures = [line for check in found for line in check.failures]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=EXPECTATIONS,
        passed=not failures,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(failures),
        metadata={
            "rules": sum(check.rules for check in found),
            "rules_failed": len(failures),
            "failed": ", ".join(sorted({c.name for c in found if not c.passed})) or "nothing",
        },
    )
