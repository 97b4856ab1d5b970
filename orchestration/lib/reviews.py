"""What reviews of landed batches found, as Dagster check results; counts, no row values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import dagster as dg

from ingestion.landing import Verdict
from ingestion.quality import Review, checks

Judged = TypeVar("Judged", Review, Verdict)
SOUND, USUAL = "arrives_sound", "arrives_as_usual"


def by_asset(
    judged: Iterable[Judged], keys: Mapping[str, dg.AssetKey]
) -> dict[dg.AssetKey, list[Judged]]:
    """Groups reviews or verdicts by the asset of their dataset, whatever its source."""
    found: dict[dg.AssetKey, list[Judged]] = {}
    for one in judged:
        if key := keys.get(one.dataset.partition("@")[0]):
            found.setdefault(key, []).append(one)
    return found


def sound(
    key: dg.AssetKey, reviews: Sequence[Review], held: Sequence[Verdict]
) -> dg.AssetCheckResult:
    """Fails as long as any batch of the asset is held back, whenever it arrived."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=SOUND,
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


def usual(key: dg.AssetKey, reviews: Sequence[Review]) -> dg.AssetCheckResult:
    """Warns about everything that failed in the batches that were reviewed now."""
    found = [check for review in reviews for check in checks(review)]
    failures = [line for check in found for line in check.failures]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=USUAL,
        passed=not failures,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(failures),
        metadata={
            "rules": sum(check.rules for check in found),
            "rules_failed": len(failures),
            "failed": ", ".join(sorted({c.name for c in found if not c.passed})) or "nothing",
        },
    )
