"""The jobs that land; apart from the others, which import what a landing can do without."""

from __future__ import annotations

import dagster as dg

ingest_job = dg.define_asset_job(
    "ingest",
    selection=dg.AssetSelection.groups("oltp", "events"),
    description="Land what is new in the OLTP and in Kafka",
)
events_job = dg.define_asset_job(
    "ingest_events",
    selection=dg.AssetSelection.groups("events"),
    description="Land what is new in Kafka",
)

JOBS = [ingest_job, events_job]
