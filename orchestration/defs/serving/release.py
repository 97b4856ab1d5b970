"""The release: the DuckDB files that people read."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.warehouse.raw import WAREHOUSE_POOL
from orchestration.lib.platform import Platform
from serving.release import INTERNAL_TABLES, publish


@dg.asset(
    key=["release", "customer_olap"],
    deps=[dg.AssetKey(["marts", table]) for table in INTERNAL_TABLES],
    group_name="serving",
    kinds={"duckdb"},
    owners=["team:data-engineering"],
    pool=WAREHOUSE_POOL,
    required_resource_keys={"platform"},
)
def customer_olap(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """One DuckDB file with the unified customers and no personal data, checked and published."""
    platform: Platform = context.resources.platform
    release = publish(platform.settings, platform.as_of)
    return dg.MaterializeResult(
        metadata={
            "release": release.name,
            "as_of": dg.MetadataValue.timestamp(platform.as_of),
            "path": dg.MetadataValue.path(release.path),
            "dagster/row_count": sum(release.rows.values()),
            **{f"rows/{table}": rows for table, rows in release.rows.items()},
        },
    )
