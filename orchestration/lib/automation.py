"""Schedules, freshness policies and other automation rules, each with a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import dagster as dg

from ingestion.landing.manifest import LEDGER, ManifestEntry

#: The whole pipeline, once a night.
NIGHTLY = "0 4 * * *"
#: Retention and compaction, once a week and before the nightly run.
SUNDAYS = "0 3 * * 0"
#: Minimum age of the newest release before new data starts the next build: a build costs the same
#: for one message as for a million.
BUILD_AT_MOST_EVERY = timedelta(minutes=15)
#: For sources, marts and releases: a nightly run that is two hours late is a warning, one that was
#: missed and not repeated by noon is a failure.
NIGHTLY_FRESHNESS = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=32)
)
#: First day of backfills, before the first day of the sample world.
FIRST_DAY = "2023-01-01"
DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, timezone="UTC")
#: A run whose process died starts again; completed work is found and not repeated.
RUN_TAGS = {"dagster/retry_strategy": "ALL_STEPS"}

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def is_busy(instance: dg.DagsterInstance) -> bool:
    """Whether a run is in progress or queued: runs of one home never overlap."""
    return instance.get_runs_count(dg.RunsFilter(statuses=UNFINISHED)) > 0


def end_of(day: str) -> datetime:
    """The `as_of` of a backfilled day: the midnight that ends it, in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)


def newest_data_entry(entries: Iterable[ManifestEntry]) -> int | None:
    """Number of the newest entry that landed source data; None if there is none.

    Entries of the platform itself, such as customer IDs and review decisions, do not count.
    """
    numbers = [
        entry.number
        for entry in entries
        for counts in entry.datasets.values()
        if counts.mode != LEDGER and counts.rows_landed + counts.rows_deleted
    ]
    return max(numbers, default=None)


def waits_for(published: datetime | None, now: datetime) -> timedelta:
    """How long the next build has to wait; zero or less if it may start.

    Args:
        published: Time of the current release; None if there is none.
        now: The current time.
    """
    return timedelta() if published is None else published + BUILD_AT_MOST_EVERY - now
