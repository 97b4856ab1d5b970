"""Every OLTP table as an asset; one step reads all selected ones in one snapshot."""

from collections.abc import Iterator

import dagster as dg

from ingestion.contracts.tables import TABLES
from ingestion.postgres import ingest
from ingestion.servers import oltp_dsn
from orchestration.lib.platform import Platform
from orchestration.lib.reports import materializations

KEYS = {table.qualified: dg.AssetKey(["oltp", table.schema, table.name]) for table in TABLES}

SPECS = [
    dg.AssetSpec(
        KEYS[table.qualified],
        description=table.description,
        group_name="oltp",
        kinds={"postgres", "parquet"},
        owners=["team:data-engineering"],
        metadata={"columns": dg.TableSchema([dg.TableColumn(*c) for c in table.all_columns])},
    )
    for table in TABLES
]


@dg.multi_asset(
    name="oltp_tables",
    specs=SPECS,
    can_subset=True,
    required_resource_keys={"platform"},
)
def oltp_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Lands what was inserted, updated or deleted since the last run."""
    platform: Platform = context.resources.platform
    selected = [table for table in TABLES if KEYS[table.qualified] in context.selected_asset_keys]
    yield from materializations(
        lambda: ingest(oltp_dsn(platform.settings), platform.zone, selected),
        {f"oltp/{table}": key for table, key in KEYS.items()},
    )
