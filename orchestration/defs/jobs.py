"""The job that runs everything, those that build and publish, and the nightly schedule."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.identity.ledger import KEY as LEDGER
from orchestration.defs.ingestion import arrivals
from orchestration.lib.automation import DAYS, NIGHTLY, RUN_TAGS, end_of
from orchestration.lib.platform import AS_OF_TAG

ARRIVALS = dg.AssetSelection.checks(*(spec.key for spec in arrivals.SPECS))
#: All but the reading of sources.
DOWNSTREAM = dg.AssetSelection.all() - dg.AssetSelection.groups("oltp", "events")

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="Ingest, build, check and publish",
    tags=RUN_TAGS,
)
marts_job = dg.define_asset_job(
    "marts_only",
    selection=DOWNSTREAM | ARRIVALS,
    description="Check what was landed, build the marts from it and publish; no source is read",
    tags=RUN_TAGS,
)
day_job = dg.define_asset_job(
    "as_of_day",
    selection=DOWNSTREAM | ARRIVALS,
    config=dg.PartitionedConfig(
        partitions_def=DAYS,
        run_config_for_partition_key_fn=lambda _: {},
        tags_for_partition_key_fn=lambda day: {AS_OF_TAG: end_of(day).isoformat()},
    ),
    description="Build and publish what is landed as of the end of a day; back-fill it for many. "
    "The last one to end is the current release until the next run",
    tags=RUN_TAGS,
)
build_job = dg.define_asset_job(
    "build",
    selection=(DOWNSTREAM - dg.AssetSelection.groups("serving")) | ARRIVALS,
    description="Check and load what was landed, build the dbt models, and land the persons' ids",
    tags=RUN_TAGS,
)
publish_job = dg.define_asset_job(
    "publish",
    # a build that was killed before its ids were durable is finished first
    selection=dg.AssetSelection.groups("serving") | dg.AssetSelection.assets(LEDGER),
    description="Check the marts and publish them as a release",
    tags=RUN_TAGS,
)
erase_job = dg.define_asset_job(
    "erase",
    selection=DOWNSTREAM,
    description="Erase whoever asked for it, and publish a release without them",
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
