"""Dagster's instance: its configuration, its initialisation, and cleaning up after killed runs."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import dagster as dg

from core.errors import AffiliateError
from core.locks import locked
from core.run_lock import run_lock
from core.settings import Settings
from ingestion.health import check_history

CONFIG = Path(__file__).parents[2] / "dagster.yaml"
#: Variable with the URL of Dagster's database: the file refers to it and contains no password.
DATABASE = "AFFILIATE_DAGSTER_URL"
ON_POSTGRES = f"""
storage:
  postgres:
    postgres_url: {{env: {DATABASE}}}
"""

UNFINISHED = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def prepare_home(settings: Settings) -> None:
    """Creates `$DAGSTER_HOME` with the project's configuration, for this and child processes.

    Two processes that initialise an empty home at the same time break it, hence the lock.

    Raises:
        ConfigurationError: the database of the run history is unreachable.
    """
    check_history(settings)
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["DAGSTER_HOME"] = str(home)
    with locked(home / ".init.lock"):
        (home / CONFIG.name).write_text(_configuration(settings))
        with dg.DagsterInstance.get() as instance:
            instance.get_runs(limit=1)
            instance.fetch_run_status_changes(dg.DagsterEventType.RUN_SUCCESS, limit=1)


def _configuration(settings: Settings) -> str:
    """The project's configuration; with a database server if one is set."""
    configuration = CONFIG.read_text()
    if settings.dagster_dsn is None:
        return configuration
    os.environ[DATABASE] = _url(settings.dagster_dsn.get_secret_value())
    return configuration + ON_POSTGRES


def _url(dsn: str) -> str:
    """A connection string in the form of SQLAlchemy."""
    from psycopg.conninfo import conninfo_to_dict
    from sqlalchemy import URL

    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    user, password = parts.pop("user", None), parts.pop("password", None)
    database = parts.pop("dbname", None)
    # dagster-postgres needs this driver, which is not SQLAlchemy's default
    url = URL.create("postgresql+psycopg2", user, password, database=database, query=parts)
    return url.render_as_string(hide_password=False)


def reap_dead_runs(settings: Settings, instance: dg.DagsterInstance) -> list[str]:
    """Marks runs as failed whose process was killed, and frees their pool slots.

    Holding the run lock proves that no run is alive.

    Returns:
        The ids of these runs.
    """
    reaped: list[str] = []
    with suppress(AffiliateError), run_lock(settings.home):
        for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
            instance.report_run_failed(run, "The run's process was killed.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            reaped.append(run.run_id)
    return reaped
