"""Executes a job in this process; the UI shows it like any other run."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import dagster as dg

from core.durable_files import full_disk_in_one_line
from core.run_lock import run_lock
from core.settings import Settings
from ingestion.health import preflight
from orchestration.lib.failures import reason, was_interrupted
from orchestration.lib.instance import prepare_home, reap_dead_runs
from orchestration.lib.platform import AS_OF_TAG
from privacy.pseudonym import load_key
from serving import Release, current_release, read_release

POLL_SECONDS = 0.2
#: Jobs that end with a new release.
PUBLISHING = {"everything", "publish"}


@dataclass(frozen=True)
class StepEvent:
    """What happened to a step.

    Attributes:
        step: Name of the step.
        kind: `start`, `success` or `failure`.
        seconds: Duration, when the step has ended.
        rows: Rows the step landed, loaded, built or published, or expectations it evaluated.
        notes: Warnings and failed checks, one line each.
    """

    step: str
    kind: str
    seconds: float | None = None
    rows: int = 0
    notes: tuple[str, ...] = ()


def execute(
    job: str,
    settings: Settings,
    *,
    as_of: datetime | None = None,
    accept_deletes: bool = False,
    on_step: Callable[[StepEvent], None] = lambda _: None,
) -> Release | None:
    """Runs the job to its end; first checks that servers and key are available.

    Args:
        job: `everything`, `ingest`, `build`, `publish` or `erase`.
        settings: Where everything is.
        as_of: Overrides the setting for this run.
        accept_deletes: Accept mass deletions (more than 20 % of a table).
        on_step: Called from another thread, in order, as steps start and end.

    Returns:
        The current release after a job that publishes, otherwise None.

    Raises:
        ConfigurationError: a server is unreachable, or the key is missing.
        AffiliateError: a step failed (the message is its reason), or another run is in progress.
        KeyboardInterrupt: Ctrl-C, whatever Dagster reports it as.
    """
    load_key(settings)
    preflight(settings)
    try:
        with full_disk_in_one_line(settings.home):
            result = _execute(job, settings, as_of, accept_deletes, on_step)
    except dg.DagsterExecutionInterruptedError:
        raise KeyboardInterrupt from None
    if was_interrupted(result.all_events):
        raise KeyboardInterrupt
    if not result.success:
        raise reason(result.all_events)
    return read_release(current_release(settings)) if job in PUBLISHING else None


def _execute(
    job: str,
    settings: Settings,
    as_of: datetime | None,
    accept_deletes: bool,
    on_step: Callable[[StepEvent], None],
) -> dg.ExecuteInProcessResult:
    with run_lock(settings.home):
        pass  # fail before anything is written
    prepare_home(settings)
    definitions = _definitions(job, settings)
    with dg.DagsterInstance.get() as instance:
        reap_dead_runs(settings, instance)
        run_id = str(uuid4())
        with _watch(instance, run_id, on_step):
            return definitions.resolve_job_def(job).execute_in_process(
                instance=instance,
                run_id=run_id,
                tags={AS_OF_TAG: as_of.isoformat()} if as_of else None,
                run_config=_run_config() if accept_deletes else None,
                raise_on_error=False,
            )


def _definitions(job: str, settings: Settings) -> dg.Definitions:
    """The graph that contains the job; `ingest` does not need dbt, whose import takes seconds."""
    if job == "ingest":
        from orchestration.landing_definitions import build_landing_definitions

        return build_landing_definitions()
    from orchestration.definitions import build_definitions
    from orchestration.lib.manifest import ensure_manifest

    ensure_manifest(settings)
    return build_definitions(settings)


def _run_config() -> dict[str, Any]:
    return {"ops": {"oltp_tables": {"config": {"accept_deletes": True}}}}


@contextmanager
def _watch(
    instance: dg.DagsterInstance, run_id: str, on_step: Callable[[StepEvent], None]
) -> Iterator[None]:
    """Reports the steps of the run while the block executes it."""
    done = threading.Event()

    def poll() -> None:
        cursor: str | None = None
        steps: dict[str, _Step] = defaultdict(_Step)
        while True:
            last_round = done.wait(POLL_SECONDS)
            connection = instance.get_records_for_run(run_id, cursor=cursor)
            cursor = connection.cursor
            for record in connection.records:
                event = record.event_log_entry.dagster_event
                if event and event.step_key and (change := steps[event.step_key].add(event)):
                    on_step(change)
            if last_round and not connection.has_more:
                return

    watcher = threading.Thread(target=poll, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


@dataclass
class _Step:
    """What the events so far say about a step."""

    rows: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, event: dg.DagsterEvent) -> StepEvent | None:
        """Adds an event; returns what to report when the step starts or ends."""
        step = str(event.step_key)
        match event.event_type:
            case dg.DagsterEventType.ASSET_MATERIALIZATION:
                metadata = event.materialization.metadata
                self.rows += _rows(metadata)
                if "warnings" in metadata:
                    text = str(metadata["warnings"].value)
                    self.notes += [line.removeprefix("- ") for line in text.splitlines()]
            case dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                check = event.asset_check_evaluation_data
                self.rows += _rows(check.metadata)
                if not check.passed and check.description:
                    self.notes.append(check.description)
            case dg.DagsterEventType.STEP_START:
                return StepEvent(step, "start")
            case dg.DagsterEventType.STEP_SUCCESS:
                seconds = event.step_success_data.duration_ms / 1000
                return StepEvent(step, "success", seconds, self.rows, tuple(self.notes))
            case dg.DagsterEventType.STEP_FAILURE:
                return StepEvent(step, "failure", notes=tuple(self.notes))
        return None


def _rows(metadata: Mapping[str, dg.MetadataValue[Any]]) -> int:
    """Rows that this run added if known, otherwise rows of the asset, or evaluated expectations."""
    for name in ("dagster/partition_row_count", "dagster/row_count", "expectations"):
        if name in metadata:
            return int(metadata[name].value)
    return 0
