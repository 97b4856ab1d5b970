"""Dagster's own state: the instance, its initialisation, and what a killed run left in it."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path

import dagster as dg

from ingestion.errors import AffiliateError
from ingestion.settings import Settings
from orchestration.lib.run_lock import run_lock

CONFIG = Path(__file__).parents[2] / "dagster.yaml"

UNFINISHED = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def prepare_home(settings: Settings) -> None:
    """Makes `$DAGSTER_HOME` exist, with the project's configuration, for this and child processes.

    Two processes that initialise an empty home at once break it, so one does it under a lock.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["DAGSTER_HOME"] = str(home)
    with (home / ".init.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.copyfile(CONFIG, home / CONFIG.name)
        with dg.DagsterInstance.get() as instance:
            instance.get_runs(limit=1)
            instance.get_event_records(
                dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION), limit=1
            )


def reap_dead_runs(settings: Settings, instance: dg.DagsterInstance) -> list[str]:
    """Ends the runs whose process was killed and gives their pool slots back.

    Whoever can take the run lock knows that no run is alive.

    Returns:
        The ids of the runs that were ended.
    """
    reaped: list[str] = []
    with suppress(AffiliateError), run_lock(settings.home):
        for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
            instance.report_run_failed(run, "The run's process was killed.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            reaped.append(run.run_id)
    return reaped
