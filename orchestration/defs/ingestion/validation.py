"""Validation of new data with Great Expectations: two checks per table and topic."""

from collections.abc import Iterator

import dagster as dg

from core.errors import AffiliateError
from ingestion.landing import ValidationResult
from ingestion.quality import CHECKS, validate_batches
from orchestration.defs.ingestion import events, oltp
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from orchestration.lib.reviews import EXPECTATIONS, HELD, by_asset, expectations_result, held_result

KEYS = {**oltp.DATASETS, **events.DATASETS}

# two, not one per kind of rule: every run writes an event for each planned check
SPECS = [
    spec
    for key in KEYS.values()
    for spec in (
        dg.AssetCheckSpec(
            HELD,
            asset=key,
            blocking=True,
            description="No landed batch is held for manual review",
        ),
        dg.AssetCheckSpec(
            EXPECTATIONS,
            asset=key,
            description="The newest batches meet all expectations: " + ", ".join(CHECKS),
        ),
    )
]


@dg.multi_asset_check(
    name="validation", specs=SPECS, can_subset=True, required_resource_keys={"platform"}
)
@redacting
def validation(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Validates every new batch; a batch that is held for review stops the build.

    An asset without a new batch keeps the result of its last one.
    """
    platform: Platform = context.resources.platform
    reviews = by_asset(validate_batches(platform.zone, platform.settings.quality_path), KEYS)
    held = by_asset(platform.zone.held(), KEYS)
    for key in KEYS.values():
        ours = reviews.get(key, [])
        if dg.AssetCheckKey(key, HELD) in context.selected_asset_check_keys:
            yield held_result(key, ours, held.get(key, []))
        if ours and dg.AssetCheckKey(key, EXPECTATIONS) in context.selected_asset_check_keys:
            yield expectations_result(key, ours)
    if held:
        raise AffiliateError(_explained([result for ours in held.values() for result in ours]))


def _explained(held: list[ValidationResult]) -> str:
    first = min(held, key=lambda result: result.entry)
    return (
        f"{len(held)} batches are held for review and nothing was built; the first is "
        f"{first.dataset} of entry {first.entry}: fix the cause and run `affiliate quarantine "
        f"replay`, or accept it with `affiliate quarantine accept {first.entry}`"
    )
