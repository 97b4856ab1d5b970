"""The job that runs everything, those that build and publish, and the nightly schedule."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.identity.ledger import KEY as LEDGER
from orchestration.defs.ingestion import validation
from orchestration.lib.automation import DAYS, NIGHTLY, RUN_TAGS, end_of
from orchestration.lib.platform import AS_OF_TAG

VALIDATION = dg.AssetSelection.checks(*(spec.key for spec in validation.SPECS))
#: Everything except reading the sources.
DOWNSTREAM = dg.AssetSelection.all() - dg.AssetSelection.groups("oltp", "events")

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="Ingest, validate, build, test and publish",
    tags=RUN_TAGS,
)
marts_job = dg.define_asset_job(
    "marts_only",
    selection=DOWNSTREAM | VALIDATION,
    description="Validate landed data, build the marts and publish; reads no source",
    tags=RUN_TAGS,
)
day_job = dg.define_asset_job(
    "as_of_day",
    selection=DOWNSTREAM | VALIDATION,
    config=dg.PartitionedConfig(
        partitions_def=DAYS,
        run_config_for_partition_key_fn=lambda _: {},
        tags_for_partition_key_fn=lambda day: {AS_OF_TAG: end_of(day).isoformat()},
    ),
    description="Build and publish the landed data as of the end of a day, or of many days as a "
    "backfill. The last run to finish publishes the current release",
    tags=RUN_TAGS,
)
build_job = dg.define_asset_job(
    "build",
    selection=(DOWNSTREAM - dg.AssetSelection.groups("serving")) | VALIDATION,
    description="Validate and load landed data, build the dbt models, and save the customer IDs",
    tags=RUN_TAGS,
)
publish_job = dg.define_asset_job(
    "publish",
    # completes a build that was killed before its IDs were saved
    selection=dg.AssetSelection.groups("serving") | dg.AssetSelection.assets(LEDGER),
    description="Check the marts and publish them as a release",
    tags=RUN_TAGS,
)
erase_job = dg.define_asset_job(
    "erase",
    selection=DOWNSTREAM,
    description="Process erasure requests and publish a release without the erased customers",
    tags=RUN_TAGS,
)

JOBS = [everything, marts_job, day_job, build_job, publish_job, erase_job]

daily = dg.ScheduleDefinition(
    name="daily",
    job=everything,
    cron_schedule=NIGHTLY,
    execution_timezone="UTC",
    description="Everything, every night at 04:00 UTC",
)
