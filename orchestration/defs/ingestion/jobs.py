"""The jobs that land; apart from the others, which import what a landing can do without."""

from __future__ import annotations

import dagster as dg

from orchestration.lib.automation import RUN_TAGS

ingest_job = dg.define_asset_job(
    "ingest",
    selection=dg.AssetSelection.groups("oltp", "events"),
    description="Land what is new in the OLTP and in Kafka",
    tags=RUN_TAGS,
)
events_job = dg.define_asset_job(
    "events_only",
    selection=dg.AssetSelection.groups("events"),
    description="Land what is new in Kafka",
    tags=RUN_TAGS,
)

JOBS = [ingest_job, events_job]
