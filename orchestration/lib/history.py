"""Dagster's history in SQLite, made quick enough for runs that find nothing new.

Dagster opens a connection per event and closes it again. Whenever the last one of a file is closed,
SQLite merges its log into the file and forces both to the disk: some hundred times a run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def quick_history(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Merges the logs of the files that a run writes once, when the block ends.

    History in a database server is quick as it is, and left alone.

    A killed process loses no event. A power failure may lose the newest ones, and never the file;
    what is landed or published does not depend on them.
    """
    if not isinstance(instance.event_log_storage, SqliteEventLogStorage):
        yield
        return
    history = Path(instance.root_directory) / "history"
    files = (history / "runs.db", history / "runs/index.db", history / f"runs/{run_id}.db")
    event.listen(Engine, "connect", _write_late)
    try:
        with ExitStack() as stack:
            held = [stack.enter_context(closing(sqlite3.connect(file))) for file in files]
            for connection in held:
                connection.execute("pragma journal_mode = wal").fetchall()
            instance.get_records_for_run(run_id, limit=1)  # makes the tables of the run's file
            for connection in held:
                # a log stays open for whoever has read
                connection.execute("select 1 from sqlite_master").fetchall()
            yield
    finally:
        event.remove(Engine, "connect", _write_late)


def _write_late(connection: object, _: object) -> None:
    """Leaves forcing the log to the disk to the merge; other databases have other engines."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
