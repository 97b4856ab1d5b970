"""Executes a job in this process, so that its history shows in the UI like any other run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import dagster as dg

from ingestion.landing.durable import full_disk_in_one_line
from ingestion.settings import Settings
from orchestration.lib.failures import reason
from orchestration.lib.instance import prepare_home, reap_dead_runs
from orchestration.lib.manifest import ensure_manifest
from orchestration.lib.platform import AS_OF_TAG
from orchestration.lib.run_lock import run_lock

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class StepEvent:
    """What happened to a step.

    Attributes:
        step: Name of the step.
        kind: `start`, `success` or `failure`.
        seconds: Duration, once it ended.
        rows: Rows the step landed, loaded, built or published, once it ended.
    """

    step: str
    kind: str
    seconds: float | None = None
    rows: int = 0


def execute(
    job: str,
    settings: Settings,
    *,
    as_of: datetime | None = None,
    on_step: Callable[[StepEvent], None] = lambda event: None,
) -> None:
    """Runs the job to its end.

    Args:
        job: `everything`, `ingest`, `build` or `publish`.
        settings: Where everything is.
        as_of: Overrides the setting for this run.
        on_step: Called from another thread, in order, as steps start and end.

    Raises:
        AffiliateError: a step failed (its one-line reason), or another run is in progress.
    """
    with full_disk_in_one_line(settings.home):
        result = _execute(job, settings, as_of, on_step)
    if not result.success:
        raise reason(result.all_events)


def _execute(
    job: str, settings: Settings, as_of: datetime | None, on_step: Callable[[StepEvent], None]
) -> dg.ExecuteInProcessResult:
    with run_lock(settings.home):
        pass  # say so before anything is written
    prepare_home(settings)
    ensure_manifest(settings)
    from orchestration.definitions import build_definitions

    with dg.DagsterInstance.get() as instance:
        reap_dead_runs(settings, instance)
        run_id = str(uuid4())
        with _watch(instance, run_id, on_step):
            return (
                build_definitions(settings)
                .resolve_job_def(job)
                .execute_in_process(
                    instance=instance,
                    run_id=run_id,
                    tags={AS_OF_TAG: as_of.isoformat()} if as_of else None,
                    raise_on_error=False,
                )
            )


@contextmanager
def _watch(
    instance: dg.DagsterInstance, run_id: str, on_step: Callable[[StepEvent], None]
) -> Iterator[None]:
    """Reports the run's steps while the body executes it."""
    done = threading.Event()

    def poll() -> None:
        cursor: str | None = None
        rows: dict[str, int] = {}
        while True:
            last_round = done.wait(POLL_SECONDS)
            connection = instance.get_records_for_run(run_id, cursor=cursor)
            cursor = connection.cursor
            for record in connection.records:
                if event := _step_event(record.event_log_entry.dagster_event, rows):
                    on_step(event)
            if last_round and not connection.has_more:
                return

    watcher = threading.Thread(target=poll, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _step_event(event: dg.DagsterEvent | None, rows: dict[str, int]) -> StepEvent | None:
    if event is None or event.step_key is None:
        return None
    step = event.step_key
    match event.event_type:
        case dg.DagsterEventType.ASSET_MATERIALIZATION:
            rows[step] = rows.get(step, 0) + _rows(event.materialization.metadata)
        case dg.DagsterEventType.STEP_START:
            return StepEvent(step, "start")
        case dg.DagsterEventType.STEP_SUCCESS:
            seconds = event.step_success_data.duration_ms / 1000
            return StepEvent(step, "success", seconds, rows.get(step, 0))
        case dg.DagsterEventType.STEP_FAILURE:
            return StepEvent(step, "failure")
    return None


def _rows(metadata: Mapping[str, dg.MetadataValue[Any]]) -> int:
    """Rows this run added, where the step tells; else the rows of what it built."""
    for name in ("dagster/partition_row_count", "dagster/row_count"):
        if name in metadata:
            return int(metadata[name].value)
    return 0
