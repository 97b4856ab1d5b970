"""Great Expectations on what arrived: two checks per table and topic, before anything is built."""

from collections.abc import Iterator

import dagster as dg

from core.errors import AffiliateError
from ingestion.landing import Verdict
from ingestion.quality import CHECKS, review
from orchestration.defs.ingestion import events, oltp
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from orchestration.lib.reviews import SOUND, USUAL, by_asset, sound, usual

KEYS = {**oltp.DATASETS, **events.DATASETS}

# two, not one per kind of rule: Dagster writes an event for each planned check, of every run
SPECS = [
    spec
    for key in KEYS.values()
    for spec in (
        dg.AssetCheckSpec(
            SOUND,
            asset=key,
            blocking=True,
            description="No landed batch is held back from the build",
        ),
        dg.AssetCheckSpec(
            USUAL,
            asset=key,
            description="The newest batches look as they usually do: " + ", ".join(CHECKS),
        ),
    )
]


@dg.multi_asset_check(
    name="arrivals", specs=SPECS, can_subset=True, required_resource_keys={"platform"}
)
@redacting
def arrivals(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Judges every landed batch that nobody judged yet; a held one is not built.

    An asset without a new batch keeps what was found unusual in its last one.
    """
    platform: Platform = context.resources.platform
    reviews = by_asset(review(platform.zone, platform.settings.quality_path), KEYS)
    held = by_asset(platform.zone.held(), KEYS)
    for key in KEYS.values():
        ours = reviews.get(key, [])
        if dg.AssetCheckKey(key, SOUND) in context.selected_asset_check_keys:
            yield sound(key, ours, held.get(key, []))
        if ours and dg.AssetCheckKey(key, USUAL) in context.selected_asset_check_keys:
            yield usual(key, ours)
    if held:
        raise AffiliateError(_explained([verdict for ours in held.values() for verdict in ours]))


def _explained(held: list[Verdict]) -> str:
    first = min(held, key=lambda verdict: verdict.entry)
    return (
        f"{len(held)} landed batches are held back and nothing is built, the first is "
        f"{first.dataset} of entry {first.entry}: mend the cause and run `affiliate quarantine "
        f"replay`, or accept it with `affiliate quarantine accept {first.entry}`"
    )
