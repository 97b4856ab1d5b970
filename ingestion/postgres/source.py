"""One read-only REPEATABLE READ transaction on the OLTP, seen through DuckDB.

Every table of a run is read in the same snapshot, so rows of different tables fit together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.errors import AffiliateError, ConfigurationError
from ingestion.landing.parquet import ROWS_PER_GROUP
from ingestion.warehouse.connection import connect, load_postgres_extension, quote

ALIAS = "oltp_source"
CONNECT_SECONDS = 10
UNREACHABLE = (
    "the OLTP is unreachable or refuses the login: check AFFILIATE_OLTP_DSN "
    "(host, port, user, password, database)"
)


class Source:
    """The open transaction. Use `open_source`.

    Args:
        connection: DuckDB with the OLTP attached and a transaction begun.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def relation(self, query: str) -> str:
        """DuckDB's text for a query that PostgreSQL runs, for use after FROM."""
        return f"postgres_query('{ALIAS}', '{quote(query)}')"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Result of a query that PostgreSQL runs."""
        return self.local(f"from {self.relation(query)}").fetchall()

    def local(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Runs DuckDB SQL in the transaction.

        Raises:
            AffiliateError: PostgreSQL or the connection to it failed; its words, which may repeat
                values, are left out.
        """
        try:
            return self._connection.execute(sql)
        except duckdb.Error as error:
            raise _broken(error) from None

    def stream(self, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Runs DuckDB SQL in the transaction and streams its result, in bounded memory."""
        reader = self.local(sql).to_arrow_reader(ROWS_PER_GROUP)
        return reader.schema, _guarded(reader)


@contextmanager
def open_source(dsn: str, temporary: Path) -> Iterator[Source]:
    """Connects and begins the transaction; its snapshot is taken by the first query.

    Args:
        dsn: libpq connection string or URI.
        temporary: Private folder where DuckDB may spill.

    Raises:
        ConfigurationError: the server is unreachable, refuses the login, or the DSN is malformed.
    """
    connection = connect()
    try:
        connection.execute(f"SET temp_directory = '{quote(str(temporary / 'spill'))}'")
        connection.execute("SET preserve_insertion_order = false")
        load_postgres_extension(connection)
        attach = f"ATTACH '{quote(_with_timeout(dsn))}' AS {ALIAS} (TYPE postgres, READ_ONLY)"
        try:
            connection.execute(attach)
            connection.execute("BEGIN")
            connection.execute(f"from postgres_query('{ALIAS}', 'select 1')")
        except duckdb.Error:
            # the original text repeats the connection string
            raise ConfigurationError(UNREACHABLE) from None
        yield Source(connection)
    finally:
        connection.close()


def _with_timeout(dsn: str) -> str:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        raise ConfigurationError(
            "the OLTP's DSN is malformed: give AFFILIATE_OLTP_DSN as a postgresql:// URI"
        ) from None
    return make_conninfo("", **{"connect_timeout": CONNECT_SECONDS, **parts})


def _guarded(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise _broken(error) from None


def _broken(error: Exception) -> Exception:
    if "No space left" in str(error):
        return error  # the batch says it in one line
    return AffiliateError(
        f"reading the OLTP failed ({type(error).__name__}): nothing was landed; see whether the "
        "server runs and run again"
    )
