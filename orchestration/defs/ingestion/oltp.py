"""Every OLTP table as an asset; one step reads all selected tables, each source in one snapshot."""

from collections.abc import Iterator

import dagster as dg

from contracts.tables import TABLES
from ingestion.landing import IncompleteIngestError
from ingestion.postgres import ingest_sources
from ingestion.servers import oltp_sources
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.described import contract_columns, holds
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from orchestration.lib.reports import materializations

KEYS = {table.qualified: dg.AssetKey(["oltp", table.schema, table.name]) for table in TABLES}
DATASETS = {f"oltp/{table}": key for table, key in KEYS.items()}

SPECS = [
    dg.AssetSpec(
        KEYS[table.qualified],
        description=f"One row per version of a row of `{table.qualified}`: {table.description}",
        group_name="oltp",
        kinds={"postgres", "parquet"},
        owners=["team:data-engineering"],
        tags=holds(table.level),
        metadata=contract_columns(table.described),
        freshness_policy=NIGHTLY_FRESHNESS,
    )
    for table in TABLES
]

EVERY_SOURCE_READ = dg.AssetCheckSpec(
    "every_source_read",
    asset=KEYS["affiliate.affiliate"],
    description="Every OLTP database was read; the others keep the rows of their last good run",
)


class OltpConfig(dg.Config):
    """Options of one run.

    Attributes:
        accept_deletes: Accept mass deletions (more than 20 % of a table).
    """

    accept_deletes: bool = False


@dg.multi_asset(
    name="oltp_tables",
    specs=SPECS,
    check_specs=[EVERY_SOURCE_READ],
    can_subset=True,
    required_resource_keys={"platform"},
)
@redacting
def oltp_tables(
    context: dg.AssetExecutionContext, config: OltpConfig
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Lands the rows that were inserted, updated or deleted since the last run."""
    platform: Platform = context.resources.platform
    selected = [table for table in TABLES if KEYS[table.qualified] in context.selected_asset_keys]
    failure: IncompleteIngestError | None = None
    stale: dict[str, str] = {}
    try:
        report = ingest_sources(
            oltp_sources(platform.settings),
            platform.zone,
            selected,
            accept_deletes=config.accept_deletes,
        )
        reports, stale = report.reports, report.stale
    except IncompleteIngestError as error:
        reports, failure = error.reports, error
    yield from materializations(reports, DATASETS, platform.zone)
    if failure:
        raise failure
    if EVERY_SOURCE_READ.key in context.selected_asset_check_keys:
        yield _every_source_read(stale)


def _every_source_read(stale: dict[str, str]) -> dg.AssetCheckResult:
    """A warning, not an error: one unreachable server must not block all affiliates."""
    return dg.AssetCheckResult(
        passed=not stale,
        check_name=EVERY_SOURCE_READ.name,
        asset_key=EVERY_SOURCE_READ.asset_key,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(f"source {name} is stale: {why}" for name, why in stale.items()),
        metadata={"stale_sources": len(stale)},
    )
