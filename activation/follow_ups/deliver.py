"""Deliver follow-up tasks: store the run durably, send the changes, then acknowledge them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from activation.delivery import kafka, people, refresh
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
from activation.follow_ups.decide import TaskCounts, decide
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
#: A removal has no reason: one of the reasons would reveal contacts by other affiliates.
HEAD: Head = {
    "operation": lambda row: row.operation,
    "affiliate": lambda row: row.affiliate,
    "task_id": lambda row: row.key,
}


@dataclass(frozen=True)
class DeliveryOptions:
    """DeliveryOptions of a delivery.

    Attributes:
        now: Time of the delivery.
        ahead: Tasks that are due within this time are delivered.
        resync: Send every destination all tasks.
        targets: Destinations.
    """

    now: datetime
    ahead: timedelta = timedelta(days=1)
    resync: bool = False
    targets: Sequence[str] = TARGETS


@dataclass
class DeliveryReport:
    """One delivery, as its manifest records it; for use inside the company only.

    Attributes:
        run: Number of the delivery.
        release: The release whose tasks they are.
        as_of: The instant of the release.
        at: Time of the delivery.
        landing_position: Highest manifest entry whose withdrawals and outcomes were applied.
        counts: Number of open tasks by outcome.
        targets: What each destination was sent: number of each operation, files or messages.
    """

    run: int
    release: str
    as_of: datetime
    at: datetime
    landing_position: int
    counts: TaskCounts
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the report for the manifest and for programs."""
        return asdict(self)


@dataclass(frozen=True)
class DeliverySession:
    """The context of one delivery: an in-memory database and one release."""

    settings: Settings
    release: Release
    zone: LandingZone
    connection: duckdb.DuckDBPyConnection
    runs: Runs


def runs_of(home: Path) -> Runs:
    """Return the runs of the delivery."""
    return Runs(home / "follow_ups", "the delivery of follow-ups")


def deliver_tasks(
    settings: Settings, options: DeliveryOptions, *, fresh: bool = False
) -> DeliveryReport:
    """Deliver the changes of the tasks.

    Args:
        settings: Settings of the platform.
        options: DeliveryOptions of the delivery.
        fresh: Land new withdrawals, erasures and outcomes from Kafka first, as late as possible:
            right before the tasks are decided.

    Raises:
        ConfigurationError: there is no release or broker.
        AffiliateError: another process delivers, or a destination did not confirm. The run then
            stays unacknowledged, and the next run sends its changes again.
    """
    with (
        full_disk_in_one_line(settings.home),
        _open_session(settings) as session,
        session.runs.writing(),
    ):
        tasks.gather(session.connection, session.release, load_key(settings))
        if fresh:
            refresh.land(settings)
        report = _plan(session, options)
        ledger.land(session.connection, session.zone, options.now)
        _store(session, report)
        for target in options.targets:
            _send(session, report, target)
        session.runs.prune(options.targets)
    return report


def preview_delivery(settings: Settings, options: DeliveryOptions) -> DeliveryReport:
    """Return what the next delivery would send; writes and sends nothing.

    Raises:
        ConfigurationError: there is no release.
    """
    with dry_run(settings, options) as (_, report):
        return report


def purge(settings: Settings) -> None:
    """Delete the files of deliveries that all destinations have acknowledged.

    Raises:
        AffiliateError: another process delivers.
    """
    runs = runs_of(settings.home)
    with runs.writing():
        runs.prune(TARGETS, kept=0)


@contextmanager
def dry_run(
    settings: Settings, options: DeliveryOptions
) -> Iterator[tuple[duckdb.DuckDBPyConnection, DeliveryReport]]:
    """Plan a delivery without writing or sending; its tables can be queried."""
    with _open_session(settings) as session:
        tasks.gather(session.connection, session.release, load_key(settings))
        yield session.connection, _plan(session, options)


@contextmanager
def _open_session(settings: Settings) -> Iterator[DeliverySession]:
    release = read_release(current_release(settings))
    zone, connection = LandingZone(settings.landing_path), connect()
    try:
        people.load(connection, zone, load_key(settings))
        yield DeliverySession(settings, release, zone, connection, runs_of(settings.home))
    except duckdb.Error as error:
        # the original text may repeat values of rows
        raise AffiliateError(
            f"follow-ups cannot be computed: DuckDB reports a {type(error).__name__}"
        ) from None
    finally:
        connection.close()


def _plan(session: DeliverySession, options: DeliveryOptions) -> DeliveryReport:
    counts = decide(session.connection, session.zone, session.release, options.now, options.ahead)
    latest = session.zone.latest
    report = DeliveryReport(
        run=session.runs.last() + 1,
        release=session.release.release,
        as_of=session.release.as_of,
        at=options.now,
        landing_position=latest.number if latest else 0,
        counts=counts,
    )
    for target in options.targets:
        report.targets[target] = compare_with(
            session.connection, session.runs, target, resync=options.resync
        )
    return report


def _store(session: DeliverySession, report: DeliveryReport) -> None:
    """Make the run and its files durable: from here on destinations may have seen it."""
    connection, runs = session.connection, session.runs
    with runs.building() as building:
        runs.write(connection, "desired", STATE_COLUMNS, building / DESIRED)
        for kind, target in report.targets.items():
            changes = f"changes_{kind}"
            runs.write(connection, changes, CHANGE_COLUMNS, building / changes_file(kind))
            if kind != "kafka":
                target["files"] = write_files(
                    connection, changes, building / kind, kind, HEAD, tasks.FIELDS
                )
        runs.commit(building, report.as_json())


def _send(session: DeliverySession, report: DeliveryReport, target: str) -> None:
    """Files are delivered once they are durable, messages once the broker has confirmed them."""
    if target == "kafka":
        changes = messages(report.run, report.at, _all_rows(session.connection))
        broker = servers.kafka(session.settings)
        report.targets[target]["messages"] = kafka.send(broker, TOPIC, changes)
    session.runs.acknowledge(report.run, target)


def _all_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    for slug in affiliates_of(connection, "changes_kafka"):
        yield from read_rows(connection, "changes_kafka", slug, tasks.FIELDS)
