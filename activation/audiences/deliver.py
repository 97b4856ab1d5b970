"""Runs an audience for good: the run is made durable, destinations are told, and that is noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from activation.audiences.definition import Target
from activation.audiences.membership import INTERVAL, INTERVAL_COLUMNS
from activation.audiences.messages import TOPIC, messages
from activation.audiences.report import Options, Report
from activation.audiences.room import Room, open_room
from activation.audiences.run import begin, conclude
from activation.audiences.store import MEMBERSHIP, runs_of
from activation.delivery import kafka, news
from activation.delivery.difference import CHANGE_COLUMNS, STATE_COLUMNS, changes_file
from activation.delivery.files import Head, write_files
from activation.delivery.rows import Row, affiliates_of, read_rows
from activation.delivery.runs import DESIRED, Runs
from core.durable_files import full_disk_in_one_line
from core.settings import Settings
from ingestion import servers


def run(
    settings: Settings, folder: Path, name: str, options: Options, *, refresh: bool = False
) -> Report:
    """Runs an audience and delivers what has changed.

    Args:
        settings: Where everything is.
        folder: The folder of audiences.
        name: Which audience.
        options: What is asked for.
        refresh: Read new withdrawals and erasures from Kafka, as late as possible: right before
            the members are decided.

    Returns:
        The run's report; its status is `held` where the circuit breaker stopped it.

    Raises:
        ConfigurationError: the audience is wrong, or there is no release or broker.
        AffiliateError: another process runs it, or a destination did not confirm: the run stands,
            unacknowledged, and the next one allows for it.
    """
    runs = runs_of(settings.home, name)
    with (
        full_disk_in_one_line(settings.home),
        open_room(settings, folder, name) as room,
        runs.writing(),
    ):
        begin(room, runs)
        if refresh:
            news.land(settings)
        report = conclude(room, runs, options)
        write(room, runs, report)
        for target in room.audience.deliver:
            _tell(room, runs, report, target)
        runs.prune([target.kind for target in room.audience.deliver])
    return report


def write(room: Room, runs: Runs, report: Report) -> None:
    """Makes the run and its files durable: from here on destinations may know of it."""
    with runs.building() as building:
        runs.write(room.connection, INTERVAL, INTERVAL_COLUMNS, building / MEMBERSHIP)
        runs.write(room.connection, "desired", STATE_COLUMNS, building / DESIRED)
        for target in room.audience.deliver:
            kind = target.kind
            path = building / changes_file(kind)
            runs.write(room.connection, f"changes_{kind}", CHANGE_COLUMNS, path)
            if kind != "kafka":
                report.targets[kind]["files"] = write_files(
                    room.connection,
                    f"changes_{kind}",
                    building / kind,
                    kind,
                    _head(room),
                    room.sent,
                )
        runs.commit(building, report.as_json())


def _head(room: Room) -> Head:
    return {
        "operation": lambda row: row.operation,
        "reason": lambda row: row.reason,
        "audience": lambda _: room.audience.name,
        "affiliate": lambda row: row.affiliate,
        "member": lambda row: row.key,
    }


def _tell(room: Room, runs: Runs, report: Report, target: Target) -> None:
    """Files are delivered once they are durable, messages once the broker has confirmed them."""
    if target.kind == "kafka":
        told = messages(room.audience.name, report.run, report.at, _all_rows(room))
        report.targets["kafka"]["messages"] = kafka.send(servers.kafka(room.settings), TOPIC, told)
    report.targets[target.kind]["acknowledged"] = target.is_acknowledged_by_us
    if target.is_acknowledged_by_us:
        runs.acknowledge(report.run, target.kind)


def _all_rows(room: Room) -> Iterator[Row]:
    for slug in affiliates_of(room.connection, "changes_kafka"):
        yield from read_rows(room.connection, "changes_kafka", slug, room.sent)
