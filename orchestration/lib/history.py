"""Dagster's history in SQLite, made quick enough for runs that find nothing new.

Dagster makes an engine for every event, which compiles every statement anew, opens a connection and
closes it again. Whenever the last connection of a file is closed, SQLite merges its log into the
file and forces both to the disk: a thousand times a run.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.polling_event_watcher import SqlPollingEventWatcher
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine

#: Files that are kept open: those of a run and the index, and what a page shows besides.
KEPT_ENGINES = 8
#: Seconds to wait for another process that writes.
BUSY_TIMEOUT = 30


class EventLog(SqliteEventLogStorage):
    """Dagster's event log with an engine and an open connection per file.

    `dagster.yaml` names it. A killed process loses no event. A power failure may lose the newest
    ones, and never the file; what is landed or published does not depend on them.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._watching = SqlPollingEventWatcher(self)
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> EventLog:
        """The log in the directory that is configured."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; Dagster asks it for every event of an asset."""
        engine = self._engine("index")
        with engine.connect() as connection:
            return bool(engine.dialect.has_table(connection, table_name))

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Has a page told of events by asking: a file changes only when its log is merged."""
        self._watching.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: Any) -> None:
        """Tells the page nothing more."""
        self._watching.unwatch_run(run_id, handler)

    def dispose(self) -> None:
        """Closes the files, with which their logs are merged into them."""
        self._watching.close()
        while self._engines:
            self._engines.popitem()[1].dispose()

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None) or _open(self.conn_string_for_shard(shard))
        self._engines[shard] = engine
        if len(self._engines) > KEPT_ENGINES:
            self._engines.popitem(last=False)[1].dispose()
        return engine


def _open(url: str) -> Engine:
    """One connection stays open, further ones are closed after use."""
    engine = create_engine(
        url, pool_size=1, max_overflow=-1, connect_args={"timeout": BUSY_TIMEOUT}
    )
    event.listen(engine, "connect", _write_late)
    return engine


def _write_late(connection: sqlite3.Connection, _: object) -> None:
    """Leaves forcing the log to the disk to the merge."""
    connection.execute("pragma synchronous = normal")
