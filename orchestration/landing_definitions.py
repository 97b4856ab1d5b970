"""The part of the graph that ingests and validates: it needs no dbt, so it loads much faster."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.ingestion import jobs
from orchestration.defs.ingestion.events import kafka_topics
from orchestration.defs.ingestion.lag import event_lag
from orchestration.defs.ingestion.maintenance import maintain_job, weekly
from orchestration.defs.ingestion.oltp import oltp_tables
from orchestration.defs.ingestion.validation import validation
from orchestration.lib.platform import platform


def build_landing_definitions() -> dg.Definitions:
    """The assets of the landing zone with their checks, and the jobs that need nothing else."""
    return dg.Definitions(
        assets=[oltp_tables, kafka_topics],
        asset_checks=[validation],
        jobs=[*jobs.JOBS, maintain_job],
        schedules=[weekly],
        sensors=[event_lag],
        resources={"platform": platform},
        executor=dg.in_process_executor,
    )
