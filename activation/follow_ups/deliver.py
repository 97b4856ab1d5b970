"""Delivers follow-up tasks: the run is made durable, destinations are told, and that is noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from activation.delivery import kafka, news, people
from activation.delivery.difference import (
    CHANGE_COLUMNS,
    STATE_COLUMNS,
    changes_file,
    compare_with,
)
from activation.delivery.files import Head, write_files
from activation.delivery.rows import Row, affiliates_of, read_rows
from activation.delivery.runs import DESIRED, Runs
from activation.follow_ups import ledger, tasks
from activation.follow_ups.decide import Counts, decide
from activation.follow_ups.messages import TOPIC, messages
from core.duckdb_session import connect
from core.durable_files import full_disk_in_one_line
from core.errors import AffiliateError
from core.settings import Settings
from ingestion import servers
from ingestion.landing import LandingZone
from privacy.pseudonym import load_key
from serving import Release, current_release, read_release

TARGETS = ("csv", "parquet", "kafka")
#: Removals say no reason: one of them is another affiliate's business.
HEAD: Head = {
    "operation": lambda row: row.operation,
    "affiliate": lambda row: row.affiliate,
    "task_id": lambda row: row.key,
}


@dataclass(frozen=True)
class Options:
    """What a delivery was asked for.

    Attributes:
        now: When it is.
        ahead: Tasks that are due within it go out.
        resync: Tells every destination everything.
        targets: Which destinations are told.
    """

    now: datetime
    ahead: timedelta = timedelta(days=1)
    resync: bool = False
    targets: Sequence[str] = TARGETS


@dataclass
class Report:
    """One delivery, as its manifest tells it; inside the company only.

    Attributes:
        run: Its number.
        release: The release whose tasks they are.
        as_of: The instant of the release.
        at: When the delivery was.
        landing_position: Highest manifest entry whose withdrawals and outcomes counted.
        counts: What became of the open tasks.
        targets: What each destination was told: operations by number, files or messages.
    """

    run: int
    release: str
    as_of: datetime
    at: datetime
    landing_position: int
    counts: Counts
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the manifest and for programs."""
        return asdict(self)


@dataclass(frozen=True)
class Room:
    """Where a delivery is worked out: in memory, on one release."""

    settings: Settings
    release: Release
    zone: LandingZone
    connection: duckdb.DuckDBPyConnection
    runs: Runs


def runs_of(home: Path) -> Runs:
    """The deliveries of a home."""
    return Runs(home / "follow_ups", "the delivery of follow-ups")


def deliver(settings: Settings, options: Options, *, refresh: bool = False) -> Report:
    """Delivers what has changed of the tasks.

    Args:
        settings: Where everything is.
        options: What is asked for.
        refresh: Read new withdrawals, erasures and outcomes from Kafka, as late as possible: right
            before the tasks are decided.

    Raises:
        ConfigurationError: there is no release or broker.
        AffiliateError: another process delivers, or a destination did not confirm: the run stands,
            unacknowledged, and the next one allows for it.
    """
    with full_disk_in_one_line(settings.home), _room(settings) as room, room.runs.writing():
        tasks.gather(room.connection, room.release, load_key(settings))
        if refresh:
            news.land(settings)
        report = _conclude(room, options)
        ledger.land(room.connection, room.zone, options.now)
        _write(room, report)
        for target in options.targets:
            _tell(room, report, target)
        room.runs.prune(options.targets)
    return report


def preview(settings: Settings, options: Options) -> Report:
    """What the next delivery would send; writes and sends nothing.

    Raises:
        ConfigurationError: there is no release.
    """
    with rehearse(settings, options) as (_, report):
        return report


def purge(settings: Settings) -> None:
    """Removes the files of deliveries that all destinations have acknowledged.

    Raises:
        AffiliateError: another process delivers.
    """
    runs = runs_of(settings.home)
    with runs.writing():
        runs.prune(TARGETS, kept=0)


@contextmanager
def rehearse(
    settings: Settings, options: Options
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Report]]:
    """A delivery that writes nothing and tells nobody; its tables can be looked at."""
    with _room(settings) as room:
        tasks.gather(room.connection, room.release, load_key(settings))
        yield room.connection, _conclude(room, options)


@contextmanager
def _room(settings: Settings) -> Iterator[Room]:
    release = read_release(current_release(settings))
    zone, connection = LandingZone(settings.landing_path), connect()
    try:
        people.load(connection, zone, load_key(settings))
        yield Room(settings, release, zone, connection, runs_of(settings.home))
    except duckdb.Error as error:
        # the original text may repeat values of rows
        raise AffiliateError(
            f"follow-ups cannot be worked out: DuckDB reports a {type(error).__name__}"
        ) from None
    finally:
        connection.close()


def _conclude(room: Room, options: Options) -> Report:
    counts = decide(room.connection, room.zone, room.release, options.now, options.ahead)
    latest = room.zone.latest
    report = Report(
        run=room.runs.last() + 1,
        release=room.release.release,
        as_of=room.release.as_of,
        at=options.now,
        landing_position=latest.number if latest else 0,
        counts=counts,
    )
    for target in options.targets:
        report.targets[target] = compare_with(
            room.connection, room.runs, target, resync=options.resync
        )
    return report


def _write(room: Room, report: Report) -> None:
    """Makes the run and its files durable: from here on destinations may know of it."""
    connection, runs = room.connection, room.runs
    with runs.building() as building:
        runs.write(connection, "desired", STATE_COLUMNS, building / DESIRED)
        for kind, told in report.targets.items():
            changes = f"changes_{kind}"
            runs.write(connection, changes, CHANGE_COLUMNS, building / changes_file(kind))
            if kind != "kafka":
                told["files"] = write_files(
                    connection, changes, building / kind, kind, HEAD, tasks.FIELDS
                )
        runs.commit(building, report.as_json())


def _tell(room: Room, report: Report, target: str) -> None:
    """Files are delivered once they are durable, messages once the broker has confirmed them."""
    if target == "kafka":
        told = messages(report.run, report.at, _all_rows(room.connection))
        broker = servers.kafka(room.settings)
        report.targets[target]["messages"] = kafka.send(broker, TOPIC, told)
    room.runs.acknowledge(report.run, target)


def _all_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    for slug in affiliates_of(connection, "changes_kafka"):
        yield from read_rows(connection, "changes_kafka", slug, tasks.FIELDS)
