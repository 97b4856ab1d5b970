"""Decide which tasks are delivered now, by the events landed so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from activation.delivery import recent_events
from activation.delivery.recent_events import CONTACT_PURPOSE
from core import sql
from ingestion.landing import LandingZone
from serving import Release


@dataclass(frozen=True)
class TaskCounts:
    """Number of tasks by outcome; `open` is the sum of the others.

    Attributes:
        open: All tasks of the release.
        erased: The customer was erased.
        consent: The customer withdrew consent for the task's channel since the release.
        answered: The customer was contacted, or the deal was decided, since the release.
        fatigue: All affiliates together have contacted the unified customer too often.
        later: Not due yet.
        expired: Too late.
        delivered: The others.
    """

    open: int
    erased: int
    consent: int
    answered: int
    fatigue: int
    later: int
    expired: int
    delivered: int


def decide(
    connection: duckdb.DuckDBPyConnection,
    zone: LandingZone,
    release: Release,
    now: datetime,
    ahead: timedelta,
) -> TaskCounts:
    """Create `task_fate`, what happens to each task, and `desired`, the delivered ones.

    Args:
        connection: In-memory database, after `tasks.gather`.
        zone: The landing zone.
        release: The release.
        now: Time of the delivery.
        ahead: Tasks that are due within this time are delivered.
    """
    records = connection.execute("select distinct affiliate_id, record_id from task").fetchall()
    recent_events.load(connection, zone, release.landing_position, release.as_of, records)
    since = {"known": release.landing_position or 0, "as_of": release.as_of}
    connection.execute(
        f"create or replace temp table settled as {sql.load(__package__, 'settled')}", since
    )
    fates = sql.load(__package__, "task_fates", purpose=sql.text(CONTACT_PURPOSE))
    connection.execute(
        f"create or replace table task_fate as {fates}", {"now": now, "until": now + ahead}
    )
    connection.execute(
        "create or replace table desired as "
        "select affiliate, task as key, sent from task_fate where fate = 'delivered'"
    )
    counted = dict(connection.execute("select fate, count(*) from task_fate group by 1").fetchall())
    outcomes = [name for name in TaskCounts.__dataclass_fields__ if name != "open"]
    return TaskCounts(
        open=sum(counted.values()), **{outcome: counted.get(outcome, 0) for outcome in outcomes}
    )
