"""Great Expectations on what arrived: checks per table and topic, before anything is built."""

from collections.abc import Iterator

import dagster as dg

from ingestion.errors import AffiliateError
from ingestion.landing import Verdict
from ingestion.quality import review
from ingestion.quality.checks import CHECKS
from orchestration.defs.ingestion import events, oltp
from orchestration.lib.platform import Platform
from orchestration.lib.reviews import NOTHING_HELD, by_asset, evaluations, nothing_held

KEYS = {**oltp.DATASETS, **events.DATASETS}

SPECS = [
    dg.AssetCheckSpec(
        NOTHING_HELD,
        asset=key,
        blocking=True,
        description="No landed batch is held back from the build",
    )
    for key in KEYS.values()
] + [
    dg.AssetCheckSpec(name, asset=key, description=description)
    for key in KEYS.values()
    for name, description in CHECKS.items()
]


@dg.multi_asset_check(
    name="arrivals", specs=SPECS, can_subset=True, required_resource_keys={"platform"}
)
def arrivals(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Judges every landed batch that nobody judged yet; a held one is not built.

    An asset without a new batch keeps what was found of its last one.
    """
    platform: Platform = context.resources.platform
    reviews = by_asset(review(platform.zone, platform.settings.quality_path), KEYS)
    held = by_asset(platform.zone.held(), KEYS)
    for key in KEYS.values():
        for result in (
            *evaluations(key, reviews.get(key, [])),
            nothing_held(key, held.get(key, [])),
        ):
            if dg.AssetCheckKey(key, str(result.check_name)) in context.selected_asset_check_keys:
                yield result
    if held:
        raise AffiliateError(_explained([verdict for ours in held.values() for verdict in ours]))


def _explained(held: list[Verdict]) -> str:
    first = min(held, key=lambda verdict: verdict.entry)
    return (
        f"{len(held)} landed batches are held back and nothing is built, the first is "
        f"{first.dataset} of entry {first.entry}: mend the cause and run `affiliate quarantine "
        f"replay`, or accept it with `affiliate quarantine accept {first.entry}`"
    )
