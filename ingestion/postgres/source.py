"""Read an OLTP through DuckDB in one read-only REPEATABLE READ snapshot.

All tables of a run are read in the same snapshot and are therefore consistent. Large tables are
read over several connections, which import the snapshot of the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core import sql
from core.duckdb_session import connect, load_extension
from core.errors import AffiliateError, ConfigurationError
from ingestion.postgres.merge import merged

ALIAS = "oltp_source"
#: More do not help on two cores, and each is a backend of the OLTP.
CONNECTIONS = 2
#: What DuckDB may hold of keys that are compared; beyond it spills to the private folder.
MEMORY = "128MB"
NETWORK = {
    "connect_timeout": 10,
    # a server that vanished is noticed within a minute, not after the system's two hours
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
#: Text of values must not depend on how a server or a role is set up.
AS_TEXT = (
    "set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';"
    "set local extra_float_digits = 1; set local bytea_output = 'hex'"
)


class SourceConnection:
    """The open snapshot. Use `open_source`.

    Args:
        connection: DuckDB with the OLTP attached and a transaction begun.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connections = [connection]

    def relation(self, query: str) -> str:
        """DuckDB's text for a query that PostgreSQL runs, for use after FROM."""
        return f"postgres_query('{ALIAS}', {sql.text(query)})"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Result of a query that PostgreSQL runs."""
        return self.local(f"from {self.relation(query)}").fetchall()

    def local(self, statement: str) -> duckdb.DuckDBPyConnection:
        """Runs DuckDB SQL in the snapshot.

        Raises:
            AffiliateError: PostgreSQL or the connection to it failed; its words, which may repeat
                values, are left out.
        """
        try:
            return self._connections[0].execute(statement)
        except duckdb.Error as error:
            raise _read_error(error) from None

    def stream(self, queries: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Runs DuckDB queries with equal columns in the snapshot, several at a time.

        Args:
            queries: What to run; a single one runs on the first connection alone.
            rows: Of a batch; memory is bounded by a few of them.
        """
        try:
            if len(queries) < CONNECTIONS:
                yield from _drain(self._connections[0], iter(queries), rows)
                return
            self._connect()
            todo = iter(queries)  # shared by all connections
            drains = [_drain(connection, todo, rows) for connection in self._connections]
            with closing(merged(drains)) as batches:
                yield from batches
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise _read_error(error) from None

    def _connect(self) -> None:
        """Opens the other connections, all in the first one's snapshot."""
        while len(self._connections) < CONNECTIONS:
            snapshot = self.rows("select pg_export_snapshot()")[0][0]
            connection = self._connections[0].cursor()
            self._connections.append(connection)
            _begin(connection, f"set transaction snapshot {sql.text(snapshot)}; {AS_TEXT}")

    def close(self) -> None:
        """Ends the transactions and closes the connections, whatever became of the server."""
        for connection in reversed(self._connections):
            _close(connection)


@contextmanager
def open_source(dsn: str, temporary: Path, unreachable: str) -> Iterator[SourceConnection]:
    """Connects and begins the transaction; its snapshot is taken by the first query.

    Args:
        dsn: libpq connection string or URI.
        temporary: Private folder where DuckDB may spill.
        unreachable: What to say when there is no connection.

    Raises:
        ConfigurationError: the server is unreachable, rejects the login, or the DSN is malformed.
    """
    connection = connect()
    try:
        connection.execute(f"SET temp_directory = {sql.text(str(temporary / 'spill'))}")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET preserve_insertion_order = false")
        # each connection has a thread of its own; more would only compete with the backends
        connection.execute("SET threads = 1")
        connection.execute(load_extension("postgres_scanner"))
        address = sql.text(_with_timeouts(dsn, unreachable))
        try:
            connection.execute(f"ATTACH {address} AS {ALIAS} (TYPE postgres, READ_ONLY)")
            _begin(connection, AS_TEXT)
        except duckdb.Error:
            # the original text repeats the connection string
            raise ConfigurationError(unreachable) from None
        with closing(SourceConnection(connection)) as source:
            yield source
    finally:
        _close(connection)


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    # closing a connection whose server is gone ends the process; a rollback only fails
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")
    connection.close()


def _begin(connection: duckdb.DuckDBPyConnection, statements: str) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("BEGIN")
    connection.execute(f"call postgres_execute('{ALIAS}', {sql.text(statements)})").fetchall()


def _drain(
    connection: duckdb.DuckDBPyConnection, todo: Iterator[str], rows: int
) -> Iterator[pa.RecordBatch]:
    for query in todo:
        yield from connection.execute(query).to_arrow_reader(rows)


def _with_timeouts(dsn: str, unreachable: str) -> str:
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        raise ConfigurationError(f"{unreachable}; the DSN is malformed") from None
    return make_conninfo("", **{**NETWORK, **parts})


def _read_error(error: Exception) -> Exception:
    if "No space left" in str(error):
        return error  # the batch says it in one line
    return AffiliateError(
        f"reading the OLTP failed ({type(error).__name__}): nothing was landed; see whether the "
        "server runs and run again"
    )
