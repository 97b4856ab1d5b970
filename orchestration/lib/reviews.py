"""What reviews of landed batches found, as Dagster check results; counts, no row values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import dagster as dg

from ingestion.landing import Verdict
from ingestion.quality import Review
from ingestion.quality.checks import Check, checks

Judged = TypeVar("Judged", Review, Verdict)
NOTHING_HELD = "nothing_held"


def by_asset(
    judged: Iterable[Judged], keys: Mapping[str, dg.AssetKey]
) -> dict[dg.AssetKey, list[Judged]]:
    """Groups reviews or verdicts by the asset of their dataset, whatever its source."""
    found: dict[dg.AssetKey, list[Judged]] = {}
    for one in judged:
        if key := keys.get(one.dataset.partition("@")[0]):
            found.setdefault(key, []).append(one)
    return found


def nothing_held(key: dg.AssetKey, held: Sequence[Verdict]) -> dg.AssetCheckResult:
    """Fails as long as any batch of the asset is held back, whenever it arrived."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=NOTHING_HELD,
        passed=not held,
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(reason for verdict in held for reason in verdict.reasons),
        metadata={"held_entries": [verdict.entry for verdict in held]},
    )


def evaluations(key: dg.AssetKey, reviews: Sequence[Review]) -> Iterator[dg.AssetCheckResult]:
    """One result per check, over all batches of the asset that were reviewed now."""
    by_name: dict[str, list[Check]] = {}
    for review in reviews:
        for check in checks(review):
            by_name.setdefault(check.name, []).append(check)
    for name, ours in by_name.items():
        failures = [line for check in ours for line in check.failures]
        is_error = any(check.severity == "error" for check in ours)
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=name,
            passed=not failures,
            severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
            description="; ".join(failures),
            metadata={
                "expectations": sum(check.rules for check in ours),
                "entries": [review.entry for review in reviews],
                "rows_read": sum(review.rows_read for review in reviews),
                "rows_quarantined": sum(review.rows_quarantined for review in reviews),
            },
        )
