"""Every scalar inside every column of a release: lists are unrolled, structs are entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from duckdb.sqltypes import DuckDBPyType

from core import sql
from privacy.scan.location import Location


@dataclass(frozen=True)
class Leaf:
    """One scalar.

    Attributes:
        table: Table name.
        column: Column, with the fields below it: `products_visited.product_id`.
        kind: DuckDB's type id, e.g. `varchar`.
        query: Selects it as `v`, one row a value, and as `g` whose file it will be in.
    """

    table: str
    column: str
    kind: str
    query: str


def leaves(connection: duckdb.DuckDBPyConnection, place: Location) -> list[Leaf]:
    """The scalars of all tables that lie somewhere, in order; what tells files apart is none."""
    database, _, schema = place.schema.partition(".")
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? "
        "ORDER BY 1",
        [database, schema],
    ).fetchall()
    return [leaf for (table,) in tables for leaf in _of_table(connection, place, table)]


def _of_table(connection: duckdb.DuckDBPyConnection, place: Location, table: str) -> Iterator[Leaf]:
    relation = connection.table(place.of(table))
    group = f"concat_ws('/', {sql.names(place.groups)})" if place.groups else "''"
    for column, kind in zip(relation.columns, relation.types, strict=True):
        if column not in place.groups:
            query = f"SELECT {group} AS g, {sql.name(column)} AS v FROM {place.of(table)}"
            yield from _below(table, column, kind, query)


def _below(table: str, column: str, kind: DuckDBPyType, query: str) -> Iterator[Leaf]:
    if kind.id == "list":
        unrolled = f"SELECT g, unnest(v) AS v FROM ({query})"
        yield from _below(table, column, _inner(kind)["child"], unrolled)
    elif kind.id == "struct":
        for field, inner in _inner(kind).items():
            entered = f"SELECT g, struct_extract(v, {sql.text(field)}) AS v FROM ({query})"
            yield from _below(table, f"{column}.{field}", inner, entered)
    else:
        yield Leaf(table, column, kind.id, query)


def _inner(kind: DuckDBPyType) -> dict[str, DuckDBPyType]:
    return {name: inner for name, inner in kind.children if isinstance(inner, DuckDBPyType)}
