"""Schema scanner: an allow-list of types, and names that a column must not have."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from core import sql
from privacy.scan.findings import Finding
from privacy.scan.scalars import ScalarColumn

#: Types whose values the other scanners can decode and Parquet keeps unchanged. No blob, bit, enum,
#: map, union, interval or hugeint.
TYPES = frozenset(
    (
        *("boolean", "tinyint", "smallint", "integer", "bigint"),
        *("utinyint", "usmallint", "uinteger", "ubigint", "decimal", "float", "double"),
        *("date", "timestamp", "timestamp with time zone", "varchar", "uuid"),
    )
)

_PERSONAL_NAME = re.compile(
    r"(^|_)((full|first|last|middle|sur|maiden|nick)?names?|e?mails?|phones?|telephone|tel|mobile"
    r"|birth|birthda(y|te)|dob|identifiers?|ssn|passport|iban|street|address|postal|postcodes?"
    r"|post_codes?|zip|zipcodes?)(_|$)"
)
#: Names of things instead of people, and counts of affiliates that may use a channel.
_ALLOWED = re.compile(
    r"(product|brand|category|tag|segment|stage|dimension|channel)_name|consents_(email|phone)"
)


def find(columns: Sequence[ScalarColumn]) -> list[Finding]:
    """Columns of a forbidden type or name.

    A boolean may have any name (`birth_date_invalid`): it reveals no value.
    """
    return [
        Finding(column.table, column.name, problem, 1)
        for column in columns
        if (problem := _problem(column.name, column.type))
    ]


def _problem(name: str, type_: str) -> str | None:
    if type_ not in TYPES:
        return f"type {type_} cannot be checked"
    parts = name.lower().split(".")
    if type_ != "boolean" and any(
        _PERSONAL_NAME.search(part) and not _ALLOWED.fullmatch(part) for part in parts
    ):
        return "named after a personal attribute"
    return None


def undeclared(
    connection: duckdb.DuckDBPyConnection, database: str, declared: set[str]
) -> list[Finding]:
    """Everything in an attached file that is not a declared table."""
    rows = connection.execute(sql.load(__package__, "catalogue"), {"database": database}).fetchall()
    return [
        Finding(name, "*", f"undeclared {kind}", 1)
        for name, kind in rows
        if kind != "table" or name not in declared
    ]
