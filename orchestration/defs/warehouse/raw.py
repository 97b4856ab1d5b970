"""The raw tables of the warehouse: landed files, each loaded once, in manifest order."""

from collections.abc import Iterator

import dagster as dg

from contracts.ledgers import DATASETS
from contracts.tables import TABLES
from contracts.topics import TOPICS
from orchestration.defs.ingestion import events, oltp
from orchestration.lib.described import COLUMN_LINEAGE, columns, contract_columns, holds
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from warehouse.load import load
from warehouse.raw import DESCRIBED, OWN_TABLES, RAW_TABLES

WAREHOUSE_POOL = "warehouse"
#: Erasure runs before the load, so that no erased customer is loaded.
ERASED_FIRST = dg.AssetKey(["privacy", "erased"])

UPSTREAM = {table.raw_table: oltp.KEYS[table.qualified] for table in TABLES} | {
    topic.raw_table: events.KEYS[topic.name] for topic in TOPICS
}

#: Columns that are loaded unchanged, under their names in the OLTP.
COPIED = {table.raw_table: [name for name, _ in table.all_columns] for table in TABLES}

#: Tables without an upstream asset: earlier builds landed them, so an edge would close a cycle.
OTHERS = {
    **{spec.raw_table: f"One row per landed row of {spec.dataset}" for spec in DATASETS},
    **OWN_TABLES,
}
LEVELS = {
    **{spec.raw_table: spec.level for spec in TABLES},
    **{spec.raw_table: spec.level for spec in TOPICS},
}

SPECS = [
    dg.AssetSpec(
        dg.AssetKey(["raw", name]),
        deps=[ERASED_FIRST, *([UPSTREAM[name]] if name in UPSTREAM else [])],
        description=description,
        group_name="raw",
        kinds={"sql"},
        owners=["team:data-engineering"],
        tags=holds(LEVELS.get(name, "direct")),
        metadata=contract_columns(DESCRIBED[name])
        if name in DESCRIBED
        else columns(RAW_TABLES[name]),
    )
    for name, description in (
        *(
            (n, f"One row per landed row version of {u.to_user_string()}")
            for n, u in UPSTREAM.items()
        ),
        *OTHERS.items(),
    )
]


@dg.multi_asset(
    name="raw_tables",
    specs=SPECS,
    pool=WAREHOUSE_POOL,
    required_resource_keys={"platform"},
)
@redacting
def raw_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Loads the landed files that the warehouse does not contain yet."""
    platform: Platform = context.resources.platform
    report = load(platform.settings, platform.zone)
    for spec in SPECS:
        name = spec.key.path[-1]
        rows = {"dagster/partition_row_count": report.rows.get(name, 0)}
        yield dg.MaterializeResult(asset_key=spec.key, metadata={**rows, **_lineage(name)})


def _lineage(table: str) -> dict[str, dg.TableColumnLineage]:
    if table not in COPIED:
        return {}
    origins = {column: [dg.TableColumnDep(UPSTREAM[table], column)] for column in COPIED[table]}
    return {COLUMN_LINEAGE: dg.TableColumnLineage(origins)}
