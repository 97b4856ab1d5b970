"""Small helpers to put names and values into SQL."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from serving.artefacts import ReleaseTable
from warehouse.connection import ALIAS

#: Catalogue name of the private database in which a release is prepared.
STAGE = "stage"


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def names(identifiers: Iterable[str]) -> str:
    """Quoted identifiers, separated by commas."""
    return ", ".join(map(name, identifiers))


def text(value: str) -> str:
    """A quoted text literal."""
    return "'" + value.replace("'", "''") + "'"


def mart(table: ReleaseTable) -> str:
    """What a table is cut from: a mart of the attached warehouse, or what was settled of it."""
    schema, model = table.source
    if table.settled:
        return f"{STAGE}.settled.{name(model)}"
    return f"{ALIAS}.{name(schema)}.{name(model)}"


def number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number a query returns; null counts as 0."""
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column names and DuckDB types of `table`, in order."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
