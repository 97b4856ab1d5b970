"""The jobs that only ingest; separate from the others, which need slow imports."""

from __future__ import annotations

import dagster as dg

from orchestration.lib.automation import RUN_TAGS

ingest_job = dg.define_asset_job(
    "ingest",
    selection=dg.AssetSelection.groups("oltp", "events"),
    description="Ingest new rows and events from PostgreSQL and Kafka",
    tags=RUN_TAGS,
)
events_job = dg.define_asset_job(
    "events_only",
    selection=dg.AssetSelection.groups("events"),
    description="Ingest new events from Kafka",
    tags=RUN_TAGS,
)

JOBS = [ingest_job, events_job]
