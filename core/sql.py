"""SQL statements in files, and identifiers and values as SQL text.

A statement with logic is a file `sql/<name>.sql` beside its module, where sqlfluff and a test read
it. `{placeholders}` in it stand for identifiers, relations and expressions; values are bound
parameters, such as `$customer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources

import duckdb


def load(package: str, statement: str, /, **parts: str) -> str:
    """Return the statement in `<package>/sql/<statement>.sql`, with its placeholders filled.

    Args:
        package: The package that the file belongs to: `__package__` of the caller.
        statement: Name of the file, without its ending.
        **parts: SQL for each placeholder. Quote identifiers with `name`, literals with `text`.
    """
    return _read(package, statement).format(**parts)


@cache
def _read(package: str, statement: str) -> str:
    return (resources.files(package) / "sql" / f"{statement}.sql").read_text("utf-8").strip()


def name(identifier: str) -> str:
    """Return a quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def names(identifiers: Iterable[str]) -> str:
    """Return quoted identifiers, separated by commas."""
    return ", ".join(map(name, identifiers))


def quote(value: str) -> str:
    """Escape text for the inside of a single-quoted literal."""
    return value.replace("'", "''")


def text(value: str) -> str:
    """Return a quoted text literal."""
    return f"'{quote(value)}'"


def number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the number that a query selects; null counts as 0."""
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Return the column names and DuckDB types of `table`, in order."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
