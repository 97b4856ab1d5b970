"""Dagster's history: events of a run are kept, and merged into its file once."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from ingestion.settings import Settings
from orchestration.lib.history import EventLog, quick_history
from orchestration.lib.instance import prepare_home

RUN = "11111111-1111-4111-8111-111111111111"
EVENTS = 3


def test_events_wait_in_the_log_and_are_merged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")  # restored afterwards
    settings = Settings(home=tmp_path)
    prepare_home(settings)
    file = settings.dagster_home / "history" / "runs" / f"{RUN}.db"
    log = file.with_name(f"{file.name}-wal")
    with dg.DagsterInstance.get() as instance:
        with quick_history(instance, RUN):
            sizes = [_told(instance, number, log) for number in range(EVENTS)]
            assert sizes == sorted(set(sizes)), "the log was merged between two events"
        assert not log.exists()
        assert len(instance.all_logs(RUN)) == EVENTS


def test_statements_are_compiled_once_for_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")  # restored afterwards
    prepare_home(Settings(home=tmp_path))
    with dg.DagsterInstance.get() as instance:
        log = instance.event_log_storage
        assert isinstance(log, EventLog)
        engines = []
        for shard in (RUN, "index", RUN):
            with log.run_connection(shard) as connection:
                engines.append(connection.engine)
    assert engines[0] is engines[2] is not engines[1]


def _told(instance: dg.DagsterInstance, number: int, log: Path) -> int:
    """Stores an event and gives the size of the log with it."""
    instance.report_engine_event(f"event {number}", dg.DagsterRun("ingest", run_id=RUN))
    return log.stat().st_size
