"""When things run by themselves, and how old they may get: named policies, no wiring."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import dagster as dg

from ingestion.landing.manifest import LEDGER, ManifestEntry

#: Everything, once a night.
NIGHTLY = "0 4 * * *"
#: Retention and compaction, once a week and before the nightly run.
SUNDAYS = "0 3 * * 0"
#: The newest release is never younger than this when the next one is begun by what landed: a build
#: costs the same for one message as for a million.
BUILD_AT_MOST_EVERY = timedelta(minutes=15)
#: Of sources, marts and releases alike: a nightly run that is two hours late is worth a look, one
#: that was missed and not made up for by noon is a failure.
NIGHTLY_FRESHNESS = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=32)
)
#: Back-filling starts here: the sample world's first day lies after it.
FIRST_DAY = "2023-01-01"
DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, timezone="UTC")
#: A run whose process died starts over: what it had done is found, not redone.
RUN_TAGS = {"dagster/retry_strategy": "ALL_STEPS"}

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def is_busy(instance: dg.DagsterInstance) -> bool:
    """Whether a run is in progress or waits: runs of one home never overlap."""
    return instance.get_runs_count(dg.RunsFilter(statuses=UNFINISHED)) > 0


def end_of(day: str) -> datetime:
    """The `as_of` of a back-filled day: the midnight that ends it, in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)


def newest_news(entries: Iterable[ManifestEntry]) -> int | None:
    """Number of the newest entry that landed something of a source; None without any.

    What the platform says itself, as persons' ids and verdicts of reviews, is no news.
    """
    told = [
        entry.number
        for entry in entries
        for counts in entry.datasets.values()
        if counts.mode != LEDGER and counts.rows_landed + counts.rows_deleted
    ]
    return max(told, default=None)


def waits_for(published: datetime | None, now: datetime) -> timedelta:
    """For how long a build of what landed has to wait yet; zero or less if it need not.

    Args:
        published: When the current release was; None without one.
        now: This moment.
    """
    return timedelta() if published is None else published + BUILD_AT_MOST_EVERY - now
