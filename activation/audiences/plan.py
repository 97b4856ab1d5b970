"""Plan an audience run: decide the members and the changes for each destination."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import duckdb

from activation.audiences import membership
from activation.audiences.membership import INTERVAL_COLUMNS, Counts, load_elsewhere
from activation.audiences.report import HELD, RunOptions, RunReport
from activation.audiences.session import AudienceSession, gather, open_session
from activation.audiences.store import MEMBERSHIP, runs_of
from activation.delivery import recent_events
from activation.delivery.difference import REMOVED, STATE_COLUMNS, compare_with
from activation.delivery.runs import DESIRED, Runs
from core import sql
from core.settings import Settings

#: The circuit breaker stops a run that would remove a larger share of the members by the rule.
MOST_REMOVED = 0.3
#: Reason of a removal whose customer continues under another pseudonym or slug.
REKEYED = "rekeyed"


def prepare(session: AudienceSession, runs: Runs) -> None:
    """Load earlier runs and query the release: the slow part."""
    last = runs.last()
    for table, columns, name in (
        ("membership", INTERVAL_COLUMNS, MEMBERSHIP),
        ("before", STATE_COLUMNS, DESIRED),
    ):
        path = runs.path(last) / name if last else None
        runs.read(session.connection, table, columns, path)
    load_elsewhere(session.connection, runs)
    gather(session)


def plan(session: AudienceSession, runs: Runs, options: RunOptions) -> RunReport:
    """Decide the members by the events landed so far, and compare with the destinations.

    Creates `membership` and `desired` as they are after this run, and `changes_<target>` for each
    destination. Nothing is written to disk.
    """
    connection, audience, release = session.connection, session.audience, session.release
    records = connection.execute(
        "select affiliate_id, record_id from membership where exited_at is null "
        "union select affiliate_id, record_id from candidate"
    ).fetchall()
    recent_events.load(connection, session.zone, release.landing_position, release.as_of, records)
    latest = session.zone.latest
    report = RunReport(
        run=runs.last() + 1,
        audience=audience.name,
        version=audience.version,
        sql_hash=session.rule.fingerprint,
        release=release.release,
        as_of=release.as_of,
        at=options.now,
        landing_position=latest.number if latest else 0,
    )
    membership.evaluate(connection, "candidate", "standing", audience, options.now)
    report.would_have_been_in = _yield_to_rivals(session, options.now)
    connection.execute("create or replace table past as from membership")
    membership.advance(connection, audience, options.now, only_exits=False)
    report.why_held = _faults(session, options)
    if report.why_held and not options.force:
        report.status = HELD
        connection.execute("create or replace table membership as from past")
        membership.advance(connection, audience, options.now, only_exits=True)
    desired = (
        sql.load(__package__, "desired_when_held")
        if report.status == HELD
        else sql.load(__package__, "desired")
    )
    connection.execute(f"create or replace table desired as {desired}")
    report.counts = asdict(_count(connection))
    report.exits = _exits(connection, options.now)
    for target in audience.deliver:
        report.targets[target.kind] = compare_with(
            connection, runs, target.kind, resync=options.resync
        )
        _set_reasons(connection, f"changes_{target.kind}")
    return report


def preview_run(settings: Settings, folder: Path, name: str, options: RunOptions) -> RunReport:
    """Return what the next run would send; writes and sends nothing.

    Raises:
        ConfigurationError: the audience is invalid, or there is no release.
    """
    with dry_run(settings, folder, name, options) as (_, report):
        return report


@contextmanager
def dry_run(
    settings: Settings, folder: Path, name: str, options: RunOptions
) -> Iterator[tuple[AudienceSession, RunReport]]:
    """Plan a run without writing or sending; the tables of the session can be queried."""
    runs = runs_of(settings.home, name)
    with open_session(settings, folder, name) as session:
        prepare(session, runs)
        yield session, plan(session, runs, options)


def _yield_to_rivals(session: AudienceSession, now: datetime) -> dict[str, int]:
    """Exclude customers who qualify for an audience of higher priority; count them by audience."""
    run = session.connection.execute
    run("alter table standing add column rival varchar")
    for number, rival in enumerate(session.rivals()):
        membership.evaluate(session.connection, f"candidate_{number}", "rival_standing", rival, now)
        run(sql.load(__package__, "yield_to_rival"), {"rival": rival.name})
    rows = run(
        "select rival, count(*) from standing where rival is not null group by all order by all"
    ).fetchall()
    return dict(rows)


def _faults(session: AudienceSession, options: RunOptions) -> list[str]:
    """Return why the run looks like a mistake; the members before it are in `past`."""
    if options.only_exits:
        return ["a customer was erased, and this run only withdraws erased customers"]
    audience, connection = session.audience, session.connection
    if audience.expires is not None and options.now.date() > audience.expires:
        return []
    delivered = "exited_at is null and arm = 'treated'"
    count = sql.number(connection, f"select count(*) from membership where {delivered}")
    before = sql.number(connection, f"select count(*) from past where {delivered}")
    removed = sql.number(
        connection,
        "select count(*) from past inner join leaving using (affiliate_id, record_id) "
        f"where {delivered} and not leaving.is_protective",
    )
    found = []
    if count < audience.min_size:
        found.append(f"{count} members, and min_size is {audience.min_size}")
    if removed > MOST_REMOVED * before:
        found.append(f"{removed} of {before} members would be removed")
    return found


def _count(connection: duckdb.DuckDBPyConnection) -> Counts:
    return Counts(*connection.execute(sql.load(__package__, "counts")).fetchall()[0])


def _exits(connection: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, int]:
    return dict(
        connection.execute(
            "select exit_reason, count(*) from membership where exited_at = ? "
            "group by all order by all",
            [now],
        ).fetchall()
    )


def _set_reasons(connection: duckdb.DuckDBPyConnection, changes: str) -> None:
    connection.execute(f"update {changes} set reason = '{REKEYED}' where operation = '{REMOVED}'")
    connection.execute(sql.load(__package__, "exit_reasons", changes=changes))
