"""Collect the personal values in the warehouse, in the forms in which they are compared.

The contracts define which columns contain them (`contracts.known_values`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import duckdb

from contracts.known_values import VOCABULARY, KnownValues, personal_values
from core import sql
from core.errors import AffiliateError
from warehouse.connection import ALIAS

#: Longest phrase that is compared, in words.
LONGEST_PHRASE = 6


def gather(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[KnownValues] | None = None
) -> None:
    """Collect the values in temporary tables of the connection.

    `personal(kind, written, of_customers)` has each value as it was written; the `known_…` tables
    have it as it is compared.

    Args:
        connection: With the warehouse attached.
        sources: Columns with the values; by default those of the contracts.

    Raises:
        AffiliateError: a table or column is missing, so the check would be incomplete.
    """
    define_macros(connection)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE personal "
        "(kind VARCHAR, written VARCHAR, of_customers BOOLEAN)"
    )
    known = personal_values() if sources is None else sources
    for table, columns in groupby(known, key=lambda source: source.raw_table):
        values = sql.load(
            __package__,
            "personal_values",
            personal_values=_values(columns),
            raw_table=f"{ALIAS}.raw.{sql.name(table)}",
        )
        _require(connection, table, f"INSERT INTO personal {values}")
    words = " UNION ALL ".join(
        f"SELECT {sql.name(column)} AS v FROM {ALIAS}.raw.{sql.name(table)}"
        for table, column in VOCABULARY
    )
    known_values = sql.load(__package__, "known_values", words=f"({words})")
    _require(connection, VOCABULARY[0][0], known_values)


def define_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the SQL functions that bring a value into the form in which it is compared."""
    connection.execute(sql.load(__package__, "macros", longest_phrase=str(LONGEST_PHRASE)))


def _values(sources: Iterable[KnownValues]) -> str:
    """Return SQL for the list of all personal values in a row of a raw table."""
    single, several = [], []
    for source in sources:
        column = sql.name(source.column)
        if source.is_json:
            found = f"numbers_in({column})"
            several.append(f"list_transform({found}, lambda v: {_value(source, 'v')})")
        elif source.field is None:
            single.append(_value(source, f"CAST({column} AS VARCHAR)"))
        else:
            path = sql.text(f"$.{source.field}")
            single.append(_value(source, f"json_extract_string({column}, {path})"))
    listed = f"[{', '.join(single)}]"
    return f"flatten([{', '.join([listed, *several])}])" if several else listed


def _value(source: KnownValues, written: str) -> str:
    kind = sql.text(source.personal)
    return f"{{'kind': {kind}, 'written': {written}, 'of_customers': {source.of_customers}}}"


def _require(connection: duckdb.DuckDBPyConnection, table: str, statement: str) -> None:
    try:
        connection.execute(statement)
    except (duckdb.CatalogException, duckdb.BinderException):
        raise AffiliateError(
            f"the privacy check cannot read raw.{table}: run `affiliate ingest` and `build` first"
        ) from None
