"""Third net: numbers that are phone numbers or identifiers, and dates that are birth dates.

A birth date cannot be told from a business date by its value: among a million customers every day
of the last century is somebody's birthday. But business dates begin when the business does. So a
date before the first business day of the source is refused; and, because one wrong date in the
source would move that day to 1970, so is a column a fifth of whose days lie before the business
had begun in earnest (one in a thousand of its dates). A birth date after that day, of a child
younger than the business, is caught by its column's name only.
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
    """Makes `business_start(first_day, in_earnest)`; a day of slack is for local time zones."""
    sources = " UNION ALL ".join(
        f"SELECT min({column}) AS first, quantile_disc(CAST({column} AS DATE), 0.001) AS earnest "
        f"FROM {ALIAS}.raw.{sql.name(table)}"
        for table, column in BUSINESS_TIMES
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE business_start AS
        SELECT
            CAST(min(first) AS DATE) - 1 AS first_day,
            min(earnest) - 1 AS in_earnest
        FROM ({sources})
        """
    )


def find(connection: duckdb.DuckDBPyConnection, columns: Sequence[ScalarColumn]) -> list[Finding]:
    """Columns with numbers or dates of persons; `gather` of persons and dates came before."""
    found = (_check(connection, column) for column in columns)
    return [finding for finding in found if finding is not None and finding.count]


def _check(connection: duckdb.DuckDBPyConnection, column: ScalarColumn) -> Finding | None:
    if column.type in _WHOLE:
        return Finding(column.table, column.name, "phone", _numbers(connection, column))
    if column.type.startswith(("date", "timestamp")):
        return Finding(column.table, column.name, "birth_date", _dates(connection, column))
    return None


def _numbers(connection: duckdb.DuckDBPyConnection, column: ScalarColumn) -> int:
    """Distinct whole numbers of 9 digits or more that are known; 0 below 1 % of them."""
    return sql.number(
        connection,
        f"""
        SELECT CASE WHEN count(k.value) * 100 > count(*) THEN count(k.value) END
        FROM (SELECT DISTINCT TRY_CAST(abs(v) AS HUGEINT) AS n FROM ({column.query})
              WHERE abs(v) >= 100000000 AND v = round(v)) q
        LEFT JOIN known_digits k ON k.value = CAST(q.n AS VARCHAR)
        """,
    )


def _dates(connection: duckdb.DuckDBPyConnection, column: ScalarColumn) -> int:
    return sql.number(
        connection,
        f"""
        SELECT CASE
            WHEN bool_or(day < first_day) OR 5 * count(*) FILTER (day < in_earnest) > count(*)
                THEN count(*) FILTER (day < in_earnest OR day < first_day)
        END
        FROM (SELECT DISTINCT CAST(v AS DATE) AS day FROM ({column.query}) WHERE v IS NOT NULL),
            business_start
        """,
    )
