"""The part of the graph that lands and checks: it needs no dbt, so it loads much faster."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.ingestion import jobs
from orchestration.defs.ingestion.arrivals import arrivals
from orchestration.defs.ingestion.events import kafka_topics
from orchestration.defs.ingestion.lag import event_lag
from orchestration.defs.ingestion.maintenance import maintain_job, weekly
from orchestration.defs.ingestion.oltp import oltp_tables
from orchestration.lib.platform import platform


def build_landing_definitions() -> dg.Definitions:
    """Assets of the landing zone, what checks them, and the jobs of nothing else."""
    return dg.Definitions(
        assets=[oltp_tables, kafka_topics],
        asset_checks=[arrivals],
        jobs=[*jobs.JOBS, maintain_job],
        schedules=[weekly],
        sensors=[event_lag],
        resources={"platform": platform},
        executor=dg.in_process_executor,
    )
