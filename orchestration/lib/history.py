"""Dagster's history in SQLite, made quick enough for runs that find nothing new.

Dagster opens a connection per event and closes it again. Whenever the last one of a file is closed,
SQLite merges its log into the file and forces both to the disk: some hundred times a run. It makes
an engine per connection, too, which compiles every statement anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.engine import Connection, Engine

#: Files whose statements are kept: those of a run and the index, and what a page shows besides.
KEPT_ENGINES = 8
#: Seconds to wait for another process that writes.
BUSY_TIMEOUT = 30


class EventLog(SqliteEventLogStorage):
    """Dagster's event log with an engine per file; `dagster.yaml` names it."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> EventLog:
        """The log in the directory that is configured."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = _engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; Dagster asks it for every event of an asset."""
        engine = _engine(self.conn_string_for_shard("index"))
        with engine.connect() as connection:
            return bool(engine.dialect.has_table(connection, table_name))


@lru_cache(KEPT_ENGINES)
def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_TIMEOUT})


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
