"""The warehouse's raw tables: what was landed, loaded once, in the order of the manifest."""

from collections.abc import Iterator

import dagster as dg

from contracts.ledgers import DATASETS
from contracts.tables import TABLES
from contracts.topics import TOPICS
from orchestration.defs.ingestion import events, oltp
from orchestration.lib.described import COLUMN_LINEAGE, columns, holds
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from warehouse.load import load
from warehouse.raw import ERASED, LOADED, RAW_TABLES, SALT

WAREHOUSE_POOL = "warehouse"
#: What is loaded holds nobody who was erased.
ERASED_FIRST = dg.AssetKey(["privacy", "erased"])

UPSTREAM = {table.raw_table: oltp.KEYS[table.qualified] for table in TABLES} | {
    topic.raw_table: events.KEYS[topic.name] for topic in TOPICS
}

#: Columns that are loaded as they were landed, under their names in the OLTP.
COPIED = {table.raw_table: [name for name, _ in table.all_columns] for table in TABLES}

#: Without an upstream asset: of what earlier builds and stewards landed it would close a circle.
OTHERS = {spec.raw_table: f"One row per landed row of {spec.dataset}" for spec in DATASETS} | {
    SALT: "One row: the secret that ids of persons are minted from",
    ERASED: "One row per customer record that was erased and must not come back",
    LOADED: "One row per landed file that the raw tables hold",
}

SPECS = [
    dg.AssetSpec(
        dg.AssetKey(["raw", name]),
        deps=[ERASED_FIRST, *([UPSTREAM[name]] if name in UPSTREAM else [])],
        description=description,
        group_name="raw",
        kinds={"sql"},
        owners=["team:data-engineering"],
        tags=holds("direct"),
        metadata=columns(RAW_TABLES[name]),
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
    """Brings the landed files the warehouse does not have yet into its raw tables."""
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
