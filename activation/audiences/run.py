"""A run of an audience: who is in it now, and what each destination must be told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import duckdb

from activation.audiences import membership
from activation.audiences.membership import (
    INTERVAL,
    INTERVAL_COLUMNS,
    STANDING,
    Counts,
    load_elsewhere,
)
from activation.audiences.report import HELD, Options, Report
from activation.audiences.room import Room, gather, open_room
from activation.audiences.store import MEMBERSHIP, runs_of
from activation.delivery import landed
from activation.delivery.difference import REMOVED, STATE_COLUMNS, compare_with
from activation.delivery.runs import DESIRED, Runs
from core import sql
from core.settings import Settings

#: More of the members than this leaving by the rule at once is taken for a mistake.
MOST_REMOVED = 0.3
#: Of a removal whose customer goes on under another pseudonym or slug.
REKEYED = "rekeyed"


def begin(room: Room, runs: Runs) -> None:
    """Reads the past and asks the release: the long part."""
    last = runs.last()
    for table, columns, name in (
        (INTERVAL, INTERVAL_COLUMNS, MEMBERSHIP),
        ("before", STATE_COLUMNS, DESIRED),
    ):
        path = runs.path(last) / name if last else None
        runs.read(room.connection, table, columns, path)
    load_elsewhere(room.connection, runs)
    gather(room, INTERVAL)


def conclude(room: Room, runs: Runs, options: Options) -> Report:
    """Decides who is in, by what is landed at this very moment, and compares with destinations.

    Afterwards `membership` and `desired` are those of this run, and `changes_<target>` what each
    destination must be told. Nothing is written yet.
    """
    run = room.connection.execute
    records = run(
        f"SELECT affiliate_id, record_id FROM {INTERVAL} WHERE exited_at IS NULL "
        "UNION SELECT affiliate_id, record_id FROM candidate"
    ).fetchall()
    position, as_of = room.release.landing_position, room.release.as_of
    landed.load(room.connection, room.zone, position, as_of, records)
    latest = room.zone.latest
    report = Report(
        run=runs.last() + 1,
        audience=room.audience.name,
        version=room.audience.version,
        sql_hash=room.rule.fingerprint,
        release=room.release.release,
        as_of=room.release.as_of,
        at=options.now,
        landing_position=latest.number if latest else 0,
    )
    membership.weigh(room.connection, "candidate", STANDING, room.audience, options.now)
    report.would_have_been_in = _leave_to_rivals(room, options.now)
    run(f"CREATE OR REPLACE TABLE past AS FROM {INTERVAL}")
    membership.advance(room.connection, room.audience, options.now, only_exits=False)
    report.why_held = _faults(room, options)
    if report.why_held and not options.force:
        report.status = HELD
        run(f"CREATE OR REPLACE TABLE {INTERVAL} AS FROM past")
        membership.advance(room.connection, room.audience, options.now, only_exits=True)
    run(f"CREATE OR REPLACE TABLE desired AS {_STILL if report.status == HELD else _DESIRED}")
    report.counts = asdict(_count(room.connection))
    report.exits = _exits(room.connection, options.now)
    for target in room.audience.deliver:
        report.targets[target.kind] = compare_with(
            room.connection, runs, target.kind, resync=options.resync
        )
        _give_reasons(room.connection, f"changes_{target.kind}")
    return report


def preview_run(settings: Settings, folder: Path, name: str, options: Options) -> Report:
    """What the next run would send; writes and sends nothing.

    Raises:
        ConfigurationError: the audience is wrong, or there is no release.
    """
    with rehearse(settings, folder, name, options) as (_, report):
        return report


@contextmanager
def rehearse(
    settings: Settings, folder: Path, name: str, options: Options
) -> Iterator[tuple[Room, Report]]:
    """A run that writes nothing and tells nobody; the room's tables can be looked at."""
    runs = runs_of(settings.home, name)
    with open_room(settings, folder, name) as room:
        begin(room, runs)
        yield room, conclude(room, runs, options)


def _leave_to_rivals(room: Room, now: datetime) -> dict[str, int]:
    """Puts out who qualifies for an audience of higher priority; counts them by the highest."""
    run = room.connection.execute
    run(f"ALTER TABLE {STANDING} ADD COLUMN rival VARCHAR")
    for number, rival in enumerate(room.rivals()):
        membership.weigh(room.connection, f"candidate_{number}", "rival_standing", rival, now)
        run(
            f"UPDATE {STANDING} s SET out = 'cap', rival = ? FROM rival_standing r "
            "WHERE s.out IS NULL AND r.out IS NULL "
            "AND r.affiliate_id = s.affiliate_id AND r.record_id = s.record_id",
            [rival.name],
        )
    rows = run(
        f"SELECT rival, count(*) FROM {STANDING} WHERE rival IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return dict(rows)


def _faults(room: Room, options: Options) -> list[str]:
    """Why the run looks like a mistake; the members before are in `past`."""
    if options.only_exits:
        return ["somebody was erased, and this run is about nobody else"]
    if room.audience.expires is not None and options.now.date() > room.audience.expires:
        return []
    delivered = f"exited_at IS NULL AND arm = '{membership.TREATED}'"
    count = sql.number(room.connection, f"SELECT count(*) FROM {INTERVAL} WHERE {delivered}")
    before = sql.number(room.connection, f"SELECT count(*) FROM past WHERE {delivered}")
    removed = sql.number(
        room.connection,
        f"SELECT count(*) FROM past m JOIN leaving l USING (affiliate_id, record_id) "
        f"WHERE {delivered} AND NOT l.is_protective",
    )
    found = []
    if count < room.audience.min_size:
        found.append(f"{count} members, and min_size is {room.audience.min_size}")
    if removed > MOST_REMOVED * before:
        found.append(f"{removed} of {before} members would be removed")
    return found


def _count(connection: duckdb.DuckDBPyConnection) -> Counts:
    row = connection.execute(
        f"""
        SELECT count(*) FILTER (in_rule),
            count(*) FILTER (agreed),
            count(*) FILTER (agreed AND (out IS NULL OR rival IS NOT NULL)),
            count(*) FILTER (agreed AND out IS NULL),
            (SELECT count(*) FROM {INTERVAL} WHERE exited_at IS NULL),
            (SELECT count(*) FROM {INTERVAL} WHERE exited_at IS NULL
                AND arm = '{membership.HELD}'),
            (SELECT count(*) FROM desired)
        FROM (
            SELECT *, in_rule AND consents AND NOT has_withdrawn AND NOT is_erased AS agreed
            FROM {STANDING}
        )
        """
    ).fetchall()[0]
    return Counts(*row)


def _exits(connection: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, int]:
    return dict(
        connection.execute(
            f"SELECT exit_reason, count(*) FROM {INTERVAL} WHERE exited_at = ? "
            "GROUP BY ALL ORDER BY ALL",
            [now],
        ).fetchall()
    )


def _give_reasons(connection: duckdb.DuckDBPyConnection, changes: str) -> None:
    """Says why each removed member left."""
    connection.execute(
        f"""
        UPDATE {changes} SET reason = '{REKEYED}' WHERE operation = '{REMOVED}';
        UPDATE {changes} c SET reason = m.reason FROM (
            SELECT affiliate, member, arg_max(exit_reason, entry_number) AS reason
            FROM {INTERVAL} WHERE exit_reason IS NOT NULL GROUP BY ALL
        ) m
        WHERE c.operation = '{REMOVED}' AND m.affiliate = c.affiliate AND m.member = c.key
        """
    )


_DESIRED = f"""
SELECT s.affiliate, s.member AS key, CAST(json_merge_patch(json_object(
    'entered_at', strftime(m.entered_at, '%Y-%m-%dT%H:%M:%SZ'),
    'entry_number', CAST(m.entry_number AS VARCHAR)
), s.sent) AS VARCHAR) AS sent
FROM {INTERVAL} m
JOIN {STANDING} s ON s.affiliate_id = m.affiliate_id AND s.record_id = m.record_id
WHERE m.exited_at IS NULL AND m.arm = '{membership.TREATED}'
"""

_STILL = """
SELECT b.* FROM before b
ANTI JOIN (
    SELECT p.affiliate, p.member FROM past p JOIN leaving l USING (affiliate_id, record_id)
    WHERE p.exited_at IS NULL
) gone ON gone.affiliate = b.affiliate AND gone.member = b.key
"""
