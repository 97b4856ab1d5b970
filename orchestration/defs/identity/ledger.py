"""The identity ledger: the IDs that a build assigned are saved before they are published."""

import dagster as dg

from contracts.ledgers import BUILT
from identity import land
from orchestration.defs.warehouse.raw import WAREHOUSE_POOL
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.described import holds
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting
from orchestration.lib.size_chart import size_chart

KEY = dg.AssetKey(["identity", "ledger"])


@dg.asset(
    key=KEY,
    # one step builds all models, so this step runs after all models and tests
    deps=[dg.AssetKey(["identity", spec.model]) for spec in BUILT if spec.model],
    group_name="identity",
    kinds={"parquet"},
    owners=["team:data-engineering"],
    tags=holds("direct"),
    freshness_policy=NIGHTLY_FRESHNESS,
    pool=WAREHOUSE_POOL,
    required_resource_keys={"platform"},
)
@redacting
def identity_ledger(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """One row per change of a customer ID, with its reason; an ID is never assigned twice."""
    platform: Platform = context.resources.platform
    report = land(platform.settings, platform.zone)
    summary = report.summary
    metadata: dict[str, dg.RawMetadataValue] = {
        "dagster/partition_row_count": sum(report.rows.values()),
        "customers": summary.customers,
        "records": summary.records,
        "customers_created": summary.events.get("created", 0),
        "merges": summary.events.get("merged", 0),
        "splits": summary.events.get("split", 0),
        "retired_ids": summary.events.get("retired", 0),
        "records_per_customer": dg.MetadataValue.md(size_chart(summary.sizes)),
        **{f"rows/{dataset}": rows for dataset, rows in report.rows.items()},
    }
    if report.manifest_entry is not None:
        metadata["manifest_entry"] = report.manifest_entry
    return dg.MaterializeResult(metadata=metadata)
