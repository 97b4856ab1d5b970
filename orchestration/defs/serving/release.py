"""The release: the DuckDB files that people read."""

import dagster as dg

from orchestration.defs.identity.ledger import KEY as LEDGER
from orchestration.defs.warehouse.raw import WAREHOUSE_POOL
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from serving.affiliate_files.tables import AFFILIATE_TABLES
from serving.artefacts import CUSTOMER_OLAP
from serving.release import publish


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
            **{f"rows/{name}": table.rows for name, table in file.tables.items()},
        },
    )
