"""Validation results as Dagster check results: counts without row values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import dagster as dg

from ingestion.landing import Verdict
from ingestion.quality import Review, checks

Result = TypeVar("Result", Review, Verdict)
HELD, EXPECTATIONS = "no_batch_held", "meets_expectations"


def by_asset(
    results: Iterable[Result], keys: Mapping[str, dg.AssetKey]
) -> dict[dg.AssetKey, list[Result]]:
    """Groups reviews or verdicts by the asset of their dataset, over all its sources."""
    found: dict[dg.AssetKey, list[Result]] = {}
    for one in results:
        if key := keys.get(one.dataset.partition("@")[0]):
            found.setdefault(key, []).append(one)
    return found


def held_result(
    key: dg.AssetKey, reviews: Sequence[Review], held: Sequence[Verdict]
) -> dg.AssetCheckResult:
    """Fails while any batch of the asset is held for review, old or new."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=HELD,
        passed=not held,
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(reason for verdict in held for reason in verdict.reasons),
        metadata={
            "batches_held": len(held),
            "batches_reviewed": len(reviews),
            "rows_read": sum(review.rows_read for review in reviews),
            "rows_quarantined": sum(review.rows_quarantined for review in reviews),
            "expectations": sum(len(review.results) for review in reviews),
        },
    )


def expectations_result(key: dg.AssetKey, reviews: Sequence[Review]) -> dg.AssetCheckResult:
    """Warns of every expectation that failed in the batches just validated."""
    found = [check for review in reviews for check in checks(review)]
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
