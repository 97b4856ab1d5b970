"""The identity ledger: ids that a build gave are landed before anything with them is published."""

import dagster as dg

from contracts.ledgers import BUILT
from identity.ledger import land
from orchestration.defs.warehouse.raw import WAREHOUSE_POOL
from orchestration.lib.automation import NIGHTLY_FRESHNESS
from orchestration.lib.described import holds
from orchestration.lib.persons import size_chart
from orchestration.lib.platform import Platform
from orchestration.lib.redaction import redacting

KEY = dg.AssetKey(["identity", "ledger"])


@dg.asset(
    key=KEY,
    # one step builds all models, so this one comes after the last of them and all tests
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
    """One row per change of a person's id, with its reason; ids are never given twice."""
    platform: Platform = context.resources.platform
    report = land(platform.settings, platform.zone)
    summary = report.summary
    metadata: dict[str, dg.RawMetadataValue] = {
        "dagster/partition_row_count": sum(report.rows.values()),
        "persons": summary.persons,
        "records": summary.records,
        "persons_created": summary.events.get("created", 0),
        "merges": summary.events.get("merged", 0),
        "splits": summary.events.get("split", 0),
        "retired_ids": summary.events.get("retired", 0),
        "records_per_person": dg.MetadataValue.md(size_chart(summary.sizes)),
        **{f"rows/{dataset}": rows for dataset, rows in report.rows.items()},
    }
    if report.manifest_entry is not None:
        metadata["manifest_entry"] = report.manifest_entry
    return dg.MaterializeResult(metadata=metadata)
