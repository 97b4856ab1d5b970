"""The job that runs everything, those that build and publish, and the daily schedule."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.identity.ledger import KEY as LEDGER
from orchestration.defs.ingestion import arrivals

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="Ingest, build, check and publish",
)
build_job = dg.define_asset_job(
    "build",
    selection=(dg.AssetSelection.all() - dg.AssetSelection.groups("oltp", "events", "serving"))
    | dg.AssetSelection.checks(*(spec.key for spec in arrivals.SPECS)),
    description="Check and load what was landed, build the dbt models, and land the persons' ids",
)
publish_job = dg.define_asset_job(
    "publish",
    # a build that was killed before its ids were durable is finished first
    selection=dg.AssetSelection.groups("serving") | dg.AssetSelection.assets(LEDGER),
    description="Check the marts and publish them as a release",
)

erase_job = dg.define_asset_job(
    "erase",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("oltp", "events"),
    description="Erase whoever asked for it, and publish a release without them",
)

JOBS = [everything, build_job, publish_job, erase_job]

daily = dg.ScheduleDefinition(
    name="daily",
    job=everything,
    cron_schedule="0 4 * * *",
    execution_timezone="UTC",
    description="Everything, every night at 04:00 UTC",
)
