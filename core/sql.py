"""Puts names and values into SQL text."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb


def name(identifier: str) -> str:
    """Returns a quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def names(identifiers: Iterable[str]) -> str:
    """Returns quoted identifiers, separated by commas."""
    return ", ".join(map(name, identifiers))


def quote(value: str) -> str:
    """Escapes text for the inside of a single-quoted literal."""
    return value.replace("'", "''")


def text(value: str) -> str:
    """Returns a quoted text literal."""
    return f"'{quote(value)}'"


def number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Runs a query that returns one number; null counts as 0."""
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Returns the column names and DuckDB types of `table`, in order."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
