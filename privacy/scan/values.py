"""Numeric scanner: numbers that are phone numbers or identifiers, dates that are birth dates.

The value alone does not distinguish a birth date from a business date: among a million customers
every day of the last century is a birthday. But business dates begin with the business. So a date
before the first business day is refused. One wrong date in the source could move that day to 1970,
so a column is also refused if a fifth of its days are before the 0.1 % quantile of business dates.
A birth date after that day, of a child younger than the business, is found by its column name only.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from contracts.known_values import BUSINESS_TIMES
from core import sql
from privacy.scan.findings import Finding
from privacy.scan.scalars import ScalarColumn
from warehouse.connection import ALIAS

_WHOLE = frozenset({"integer", "bigint", "hugeint", "uinteger", "ubigint", "decimal", "double"})


def gather(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `business_start(first_day, in_earnest)`, with one day of tolerance for time zones."""
    sources = " UNION ALL ".join(
        f"SELECT min({column}) AS first, quantile_disc(CAST({column} AS DATE), 0.001) AS earnest "
        f"FROM {ALIAS}.raw.{sql.name(table)}"
        for table, column in BUSINESS_TIMES
    )
    start = sql.load(__package__, "business_start", first_days=f"({sources})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE business_start AS {start}")


def find(connection: duckdb.DuckDBPyConnection, columns: Sequence[ScalarColumn]) -> list[Finding]:
    """Return columns with personal numbers or dates; call `gather` here and in `personal`."""
    found = (_check(connection, column) for column in columns)
    return [finding for finding in found if finding is not None and finding.count]


def _check(connection: duckdb.DuckDBPyConnection, column: ScalarColumn) -> Finding | None:
    if column.type in _WHOLE:
        return Finding(column.table, column.name, "phone", _numbers(connection, column))
    if column.type.startswith(("date", "timestamp")):
        return Finding(column.table, column.name, "birth_date", _dates(connection, column))
    return None


def _numbers(connection: duckdb.DuckDBPyConnection, column: ScalarColumn) -> int:
    """Count distinct known whole numbers of 9 digits or more; 0 below 1 % of them."""
    query = sql.load(__package__, "known_numbers", column_values=f"({column.query})")
    return sql.number(connection, query)


def _dates(connection: duckdb.DuckDBPyConnection, column: ScalarColumn) -> int:
    query = sql.load(__package__, "early_dates", column_values=f"({column.query})")
    return sql.number(connection, query)
