"""Every scalar inside every column of a release: lists are unrolled, structs are entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from duckdb.sqltypes import DuckDBPyType

from serving import sql
from serving.cut import RELEASE, SCHEMA


@dataclass(frozen=True)
class Leaf:
    """One scalar.

    Attributes:
        table: Table name.
        column: Column, with the fields below it: `products_visited.product_id`.
        kind: DuckDB's type id, e.g. `varchar`.
        query: Selects it as the only column `v`, one row a value.
    """

    table: str
    column: str
    kind: str
    query: str


def leaves(connection: duckdb.DuckDBPyConnection) -> list[Leaf]:
    """The scalars of all tables of the release, in order."""
    tables = connection.execute(
        f"SELECT table_name FROM duckdb_tables() WHERE database_name = '{RELEASE}' ORDER BY 1"
    ).fetchall()
    return [leaf for (table,) in tables for leaf in _of_table(connection, table)]


def _of_table(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Leaf]:
    source = f"{RELEASE}.{SCHEMA}.{sql.name(table)}"
    relation = connection.table(source)
    for column, kind in zip(relation.columns, relation.types, strict=True):
        yield from _below(table, column, kind, f"SELECT {sql.name(column)} AS v FROM {source}")


def _below(table: str, column: str, kind: DuckDBPyType, query: str) -> Iterator[Leaf]:
    if kind.id == "list":
        unrolled = f"SELECT unnest(v) AS v FROM ({query})"
        yield from _below(table, column, _inner(kind)["child"], unrolled)
    elif kind.id == "struct":
        for field, inner in _inner(kind).items():
            entered = f"SELECT struct_extract(v, {sql.text(field)}) AS v FROM ({query})"
            yield from _below(table, f"{column}.{field}", inner, entered)
    else:
        yield Leaf(table, column, kind.id, query)


def _inner(kind: DuckDBPyType) -> dict[str, DuckDBPyType]:
    return {name: inner for name, inner in kind.children if isinstance(inner, DuckDBPyType)}
