"""The release: the DuckDB files that analysts and affiliates read."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import dagster as dg

from orchestration.defs.identity.ledger import KEY as LEDGER
from orchestration.defs.warehouse.raw import WAREHOUSE_POOL
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.charts import bar_table
from orchestration.lib.described import holds
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from serving import (
    AFFILIATE_TABLES,
    CUSTOMER_OLAP,
    ReleaseStore,
    measure_uniqueness,
    open_release,
    publish,
)

MONTHS = 24
#: By how much the share of unique customers may grow from one release to the next.
GROWTH = 0.05
KEY = dg.AssetKey(["release", "customer_olap"])

UNIQUENESS = dg.AssetCheckSpec(
    "few_unique_customers",
    asset=KEY,
    description="The share of customers who are unique by gender, age band, country and spending "
    "did not grow much since the last release",
)


@dg.asset(
    key=KEY,
    check_specs=[UNIQUENESS],
    deps=[
        LEDGER,
        # affiliates' files are part of it: a release is published completely or not at all
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
def customer_olap(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """The unified customers without personal data, and a file for each active affiliate."""
    platform: Platform = context.resources.platform
    before = ReleaseStore(platform.settings.releases_path).current()
    share_before = measure_uniqueness(before / CUSTOMER_OLAP.path).share_alone if before else None
    release = publish(platform.settings)
    file = release.files[CUSTOMER_OLAP.path]
    yield dg.MaterializeResult(
        asset_key=KEY,
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
    yield _uniqueness(release.path, share_before)


def _uniqueness(release: Path, share_before: float | None) -> dg.AssetCheckResult:
    """The figures, which Dagster plots over time; a warning does not stop the release."""
    found = measure_uniqueness(release / CUSTOMER_OLAP.path)
    return dg.AssetCheckResult(
        check_name=UNIQUENESS.name,
        asset_key=KEY,
        passed=share_before is None or found.share_alone <= share_before + GROWTH,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**asdict(found), "share_alone": found.share_alone},
    )


def _funnel(release: Path) -> str:
    """Deals that reached each stage or a later one, of all affiliates and months."""
    with open_release(release) as file:
        stages = file.execute(
            "select stage_label, sum(reached_or_beyond)::bigint from sales_funnel "
            "group by stage_label order by min(stage_rank)"
        ).fetchall()
    return bar_table(("stage", "deals"), dict(stages))


def _orders(release: Path) -> str:
    """Orders by month, the newest months."""
    with open_release(release) as file:
        months = file.execute(
            "select strftime(order_date_local, '%Y-%m') as month, count(*) from customer_orders "
            "where order_date_local is not null group by month order by month desc limit ?",
            [MONTHS],
        ).fetchall()
    return bar_table(("month", "orders"), dict(reversed(months)))
