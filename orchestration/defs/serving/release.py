"""The release: the DuckDB files that people read."""

from pathlib import Path

import dagster as dg

from orchestration.defs.identity.ledger import KEY as LEDGER
from orchestration.defs.warehouse.raw import WAREHOUSE_POOL
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.charts import bar_table
from orchestration.lib.described import holds
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from serving.affiliate_files.tables import AFFILIATE_TABLES
from serving.artefacts import CUSTOMER_OLAP
from serving.query import open_release
from serving.release import publish

MONTHS = 24


@dg.asset(
    key=["release", "customer_olap"],
    deps=[
        LEDGER,
        # affiliates' files are published with it: one release, complete or not at all
        *dict.fromkeys(
            dg.AssetKey(list(table.source)) for table in (*CUSTOMER_OLAP.tables, *AFFILIATE_TABLES)
        ),
    ],
    group_name="serving",
    kinds={"duckdb"},
    owners=["team:data-engineering"],
    # affiliates' files name their own customers
    tags=holds("direct"),
    freshness_policy=NIGHTLY_FRESHNESS,
    pool=WAREHOUSE_POOL,
    required_resource_keys={"platform"},
)
@redacting
def customer_olap(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """The unified customers without personal data, and a file for each active affiliate."""
    platform: Platform = context.resources.platform
    release = publish(platform.settings)
    file = release.files[CUSTOMER_OLAP.path]
    return dg.MaterializeResult(
        metadata={
            "release": release.release,
            "as_of": dg.MetadataValue.timestamp(release.as_of),
            "path": dg.MetadataValue.path(release.path),
            "bytes": file.bytes,
            "files of affiliates": len(release.files) - 1,
            "affiliates without a file": len(release.affiliates_without_file),
            "checks": ", ".join(file.checks),
            "dagster/row_count": sum(table.rows for table in file.tables.values()),
            "funnel": dg.MetadataValue.md(_funnel(release.path)),
            "orders": dg.MetadataValue.md(_orders(release.path)),
            **{f"rows/{name}": table.rows for name, table in file.tables.items()},
        },
    )


def _funnel(release: Path) -> str:
    """Deals that came to each stage or further, of all affiliates and months."""
    with open_release(release) as file:
        stages = file.execute(
            "select stage_label, sum(reached_or_beyond)::bigint from sales_funnel "
            "group by stage_label order by min(stage_rank)"
        ).fetchall()
    return bar_table(("stage", "deals"), dict(stages))


def _orders(release: Path) -> str:
    """Orders by the month they were made in, the newest months."""
    with open_release(release) as file:
        months = file.execute(
            "select strftime(order_date_local, '%Y-%m') as month, count(*) from customer_orders "
            "where order_date_local is not null group by month order by month desc limit ?",
            [MONTHS],
        ).fetchall()
    return bar_table(("month", "orders"), dict(reversed(months)))
