"""Dagster's history: events of a run are kept, and merged into its file once."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

import dagster as dg
import pytest

from core.settings import Settings
from orchestration.lib.history import KEPT_ENGINES, EventLog
from orchestration.lib.instance import prepare_home

RUN = "11111111-1111-4111-8111-111111111111"
EVENTS = 3


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a run in a new home."""
    monkeypatch.setenv("DAGSTER_HOME", "")  # restored afterwards
    settings = Settings(home=tmp_path)
    prepare_home(settings)
    return settings.dagster_home / "history" / "runs" / f"{RUN}.db"


def test_events_wait_in_the_log_and_are_merged_once(file: Path) -> None:
    log = file.with_name(f"{file.name}-wal")
    with dg.DagsterInstance.get() as instance:
        sizes = [_told(instance, number, log) for number in range(EVENTS)]
        assert sizes == sorted(set(sizes)), "the log was merged between two events"
    assert not log.exists()
    with dg.DagsterInstance.get() as instance:
        assert len(instance.all_logs(RUN)) == EVENTS


def test_a_page_is_told_of_events_that_wait_in_the_log(file: Path) -> None:
    told: Queue[str] = Queue()

    def hear(event: dg.EventLogEntry, _: str) -> None:
        told.put(event.message)

    with dg.DagsterInstance.get() as instance, dg.DagsterInstance.get() as web:
        _told(instance, 0, file)
        web.watch_event_logs(RUN, None, hear)
        assert told.get(timeout=60) == "event 0"
        _told(instance, 1, file)
        assert told.get(timeout=60) == "event 1"
        web.end_watch_event_logs(RUN, hear)


def test_a_file_is_opened_once_and_few_stay_open(file: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        log = instance.event_log_storage
        assert isinstance(log, EventLog)
        connections = []
        for shard in (RUN, "index", RUN):
            with log.run_connection(shard) as connection:
                connections.append(connection.connection.driver_connection)
        assert connections[0] is connections[2] is not connections[1]
        for number in range(KEPT_ENGINES):
            with log.run_connection(f"another-{number}") as connection:
                connection.exec_driver_sql("select * from event_logs").fetchall()
        assert len([*file.parent.glob("*.db-wal")]) == KEPT_ENGINES


def _told(instance: dg.DagsterInstance, number: int, log: Path) -> int:
    """Stores an event and gives the size of the log with it."""
    instance.report_engine_event(f"event {number}", dg.DagsterRun("ingest", run_id=RUN))
    return log.stat().st_size
