"""Erasure within a run: before the warehouse is loaded, and after the release is published."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from activation.audiences import withdraw_erased
from activation.follow_ups import undeleted_files
from core.errors import AffiliateError
from core.settings import Settings
from orchestration.defs.ingestion import events, oltp
from orchestration.defs.warehouse.raw import ERASED_FIRST, WAREHOUSE_POOL
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.described import holds
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from privacy import erasure
from privacy.erasure import Receipt, Request, Requests, overdue
from serving import published_releases, remove_releases

RECEIPTS = dg.AssetKey(["privacy", "receipts"])

NONE_OVERDUE = dg.AssetCheckSpec(
    "no_erasure_overdue",
    asset=RECEIPTS,
    description="Every erasure was completed within AFFILIATE_ERASURE_DAYS",
)


@dg.asset(
    key=ERASED_FIRST,
    deps=[*oltp.KEYS.values(), *events.KEYS.values()],
    group_name="privacy",
    kinds={"parquet"},
    owners=["team:data-engineering"],
    tags=holds("none"),
    freshness_policy=NIGHTLY_FRESHNESS,
    pool=WAREHOUSE_POOL,
    required_resource_keys={"platform"},
)
@redacting
def erased(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Removes customers who requested erasure from the landing zone; the warehouse is rebuilt."""
    platform: Platform = context.resources.platform
    erasure.take_requests(platform.settings, platform.zone)
    done = erasure.erase_landed(
        platform.settings, platform.zone, published_releases(platform.settings)
    )
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": sum(done.values()),
            **{f"rows/{dataset}": rows for dataset, rows in done.items()},
        }
    )


@dg.asset(
    key=RECEIPTS,
    deps=[dg.AssetKey(["release", "customer_olap"])],
    check_specs=[NONE_OVERDUE],
    group_name="serving",
    kinds={"json"},
    owners=["team:data-engineering"],
    tags=holds("none"),
    freshness_policy=NIGHTLY_FRESHNESS,
    pool=WAREHOUSE_POOL,
    required_resource_keys={"platform"},
)
@redacting
def receipts(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Deletes releases that contain erased customers, searches all files, writes the receipts."""
    settings = context.resources.platform.settings
    requests = Requests(settings.erasures_path)
    landed = [one for one in requests.open() if one.state == "landed"]
    removed = remove_releases(settings, {name for one in landed for name in one.releases})
    written: list[Receipt] = []
    problem = None
    if landed and removed is not None:
        try:
            waiting = withdraw_erased(settings, datetime.now(UTC)) | undeleted_files(settings)
            written = erasure.finish(settings, waiting)
        except AffiliateError as error:
            problem = error
    still_open = requests.open()
    # also counts erasures that cannot be completed: those become overdue
    yield _none_overdue(still_open, settings)
    if problem:
        raise problem
    metadata: dict[str, dg.RawMetadataValue] = {
        "dagster/partition_row_count": len(written),
        "erasures_pending": len(still_open),
        "releases_removed": len(removed or ()),
    }
    if waits := _waits(still_open):
        metadata["warnings"] = dg.MetadataValue.md("\n".join(f"- {wait}" for wait in waits))
    yield dg.MaterializeResult(asset_key=RECEIPTS, metadata=metadata)


def _none_overdue(still_open: list[Request], settings: Settings) -> dg.AssetCheckResult:
    late = overdue(still_open, datetime.now(UTC), settings.erasure_days)
    what = "; ".join(_waits(late)) or "run again, or see docs/explanation/privacy.md"
    return dg.AssetCheckResult(
        passed=not late,
        check_name=NONE_OVERDUE.name,
        asset_key=RECEIPTS,
        description=f"{len(late)} erasures are overdue: {what}" if late else None,
        metadata={"overdue": len(late), "pending": len(still_open)},
    )


def _waits(requests: list[Request]) -> list[str]:
    """One line per reason why a request is still open."""
    return [f"erasure {one.request_id} waits: {why}" for one in requests for why in one.waits_for]
