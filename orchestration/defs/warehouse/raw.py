"""The warehouse's raw tables: what was landed, loaded once, in the order of the manifest."""

from collections.abc import Iterator

import dagster as dg

from ingestion.contracts.tables import TABLES
from ingestion.contracts.topics import TOPICS
from ingestion.warehouse.load import load
from orchestration.defs.ingestion import events, oltp
from orchestration.lib.platform import Platform

WAREHOUSE_POOL = "warehouse"

UPSTREAM = {table.raw_table: oltp.KEYS[table.qualified] for table in TABLES} | {
    topic.raw_table: events.KEYS[topic.name] for topic in TOPICS
}

SPECS = [
    dg.AssetSpec(
        dg.AssetKey(["raw", name]),
        deps=[upstream],
        description=f"Every landed row version of {upstream.to_user_string()}",
        group_name="raw",
        kinds={"sql"},
        owners=["team:data-engineering"],
    )
    for name, upstream in UPSTREAM.items()
]


@dg.multi_asset(
    name="raw_tables",
    specs=SPECS,
    pool=WAREHOUSE_POOL,
    required_resource_keys={"platform"},
)
def raw_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Brings the landed files the warehouse does not have yet into its raw tables."""
    platform: Platform = context.resources.platform
    report = load(platform.settings, platform.zone)
    for name in UPSTREAM:
        yield dg.MaterializeResult(
            asset_key=dg.AssetKey(["raw", name]),
            metadata={"dagster/partition_row_count": report.rows.get(name, 0)},
        )
