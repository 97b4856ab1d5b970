"""First net: what a release may consist of, by type and by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from core import sql
from privacy.scan.findings import Finding
from privacy.scan.leaves import Leaf

#: Types whose every value the other nets decode, and Parquet keeps as it is on its way into a
#: file. No blob, bit, enum, map, union, interval or hugeint.
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
#: Names of things, not of people, and how many affiliates may use a channel.
_HARMLESS = re.compile(
    r"(product|brand|category|tag|segment|stage|dimension|channel)_name|consents_(email|phone)"
)


def find(leaves: Sequence[Leaf]) -> list[Finding]:
    """Columns of a forbidden type or name.

    A boolean may carry any name (`birth_date_invalid`): it says that something is known, not what.
    """
    return [
        Finding(leaf.table, leaf.column, problem, 1)
        for leaf in leaves
        if (problem := _problem(leaf.column, leaf.kind))
    ]


def _problem(column: str, kind: str) -> str | None:
    if kind not in TYPES:
        return f"type {kind} cannot be checked"
    parts = column.lower().split(".")
    if kind != "boolean" and any(
        _PERSONAL_NAME.search(part) and not _HARMLESS.fullmatch(part) for part in parts
    ):
        return "named after a personal attribute"
    return None


def undeclared(
    connection: duckdb.DuckDBPyConnection, database: str, declared: set[str]
) -> list[Finding]:
    """Anything in an attached file that is not one of the declared tables."""
    of_file = f"database_name = {sql.text(database)}"
    rows = connection.execute(
        f"""
        SELECT table_name, 'table' FROM duckdb_tables() WHERE {of_file}
        UNION ALL SELECT view_name, 'view' FROM duckdb_views() WHERE {of_file} AND NOT internal
        UNION ALL SELECT function_name, 'function' FROM duckdb_functions()
        WHERE {of_file} AND NOT internal
        UNION ALL SELECT type_name, 'type' FROM duckdb_types() WHERE {of_file} AND NOT internal
        """
    ).fetchall()
    return [
        Finding(name, "*", f"undeclared {kind}", 1)
        for name, kind in rows
        if kind != "table" or name not in declared
    ]
