"""Run an audience: store the run durably, send the changes, then mark them as acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from activation.audiences.definition import Target
from activation.audiences.membership import INTERVAL_COLUMNS
from activation.audiences.messages import TOPIC, messages
from activation.audiences.plan import plan, prepare
from activation.audiences.report import RunOptions, RunReport
from activation.audiences.session import AudienceSession, open_session
from activation.audiences.store import MEMBERSHIP, runs_of
from activation.delivery import kafka, refresh
from activation.delivery.difference import CHANGE_COLUMNS, STATE_COLUMNS, changes_file
from activation.delivery.files import Head, write_files
from activation.delivery.rows import Row, affiliates_of, read_rows
from activation.delivery.runs import DESIRED, Runs
from core.durable_files import full_disk_in_one_line
from core.settings import Settings
from ingestion import servers


def run(
    settings: Settings, folder: Path, name: str, options: RunOptions, *, fresh: bool = False
) -> RunReport:
    """Update the members of an audience and deliver the changes.

    Args:
        settings: Settings of the platform.
        folder: The folder of audience definitions.
        name: Name of the audience.
        options: Options of the run.
        fresh: Land new withdrawals and erasures from Kafka first, as late as possible: right before
            the members are decided.

    Returns:
        The run's report; its status is `held` if the circuit breaker stopped it.

    Raises:
        ConfigurationError: the audience is invalid, or there is no release or broker.
        AffiliateError: another process runs it, or a destination did not confirm. The run then
            stays unacknowledged, and the next run sends its changes again.
    """
    runs = runs_of(settings.home, name)
    with (
        full_disk_in_one_line(settings.home),
        open_session(settings, folder, name) as session,
        runs.writing(),
    ):
        prepare(session, runs)
        if fresh:
            refresh.land(settings)
        report = plan(session, runs, options)
        _store(session, runs, report)
        for target in session.audience.deliver:
            _send(session, runs, report, target)
        runs.prune([target.kind for target in session.audience.deliver])
    return report


def _store(session: AudienceSession, runs: Runs, report: RunReport) -> None:
    """Make the run and its files durable: from here on destinations may have seen it."""
    connection = session.connection
    with runs.building() as building:
        runs.write(connection, "membership", INTERVAL_COLUMNS, building / MEMBERSHIP)
        runs.write(connection, "desired", STATE_COLUMNS, building / DESIRED)
        for target in session.audience.deliver:
            kind = target.kind
            changes = f"changes_{kind}"
            runs.write(connection, changes, CHANGE_COLUMNS, building / changes_file(kind))
            if kind != "kafka":
                report.targets[kind]["files"] = write_files(
                    connection, changes, building / kind, kind, _head(session), session.sent
                )
        runs.commit(building, report.as_json())


def _head(session: AudienceSession) -> Head:
    return {
        "operation": lambda row: row.operation,
        "reason": lambda row: row.reason,
        "audience": lambda _: session.audience.name,
        "affiliate": lambda row: row.affiliate,
        "member": lambda row: row.key,
    }


def _send(session: AudienceSession, runs: Runs, report: RunReport, target: Target) -> None:
    """Files are delivered once they are durable, messages once the broker has confirmed them."""
    if target.kind == "kafka":
        changes = messages(session.audience.name, report.run, report.at, _all_rows(session))
        report.targets["kafka"]["messages"] = kafka.send(
            servers.kafka(session.settings), TOPIC, changes
        )
    report.targets[target.kind]["acknowledged"] = target.is_acknowledged_by_us
    if target.is_acknowledged_by_us:
        runs.acknowledge(report.run, target.kind)


def _all_rows(session: AudienceSession) -> Iterator[Row]:
    for slug in affiliates_of(session.connection, "changes_kafka"):
        yield from read_rows(session.connection, "changes_kafka", slug, session.sent)
