"""Every scalar inside every column of a release: lists are unnested, structs are entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from duckdb.sqltypes import DuckDBPyType

from core import sql
from privacy.scan.location import Location


@dataclass(frozen=True)
class ScalarColumn:
    """A column without nesting, or a scalar field inside a nested column.

    Attributes:
        table: Table name.
        name: Column, with the fields below it: `products_visited.product_id`.
        type: DuckDB's type id, such as `varchar`.
        query: Selects its values as `v`, one row per value, and their file as `g`.
    """

    table: str
    name: str
    type: str
    query: str


def scalar_columns(connection: duckdb.DuckDBPyConnection, location: Location) -> list[ScalarColumn]:
    """The scalar columns of all tables at a location, in order, without its group columns."""
    database, _, schema = location.schema.partition(".")
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? "
        "ORDER BY 1",
        [database, schema],
    ).fetchall()
    return [column for (table,) in tables for column in _of_table(connection, location, table)]


def _of_table(
    connection: duckdb.DuckDBPyConnection, location: Location, table: str
) -> Iterator[ScalarColumn]:
    relation = connection.table(location.of(table))
    group = f"concat_ws('/', {sql.names(location.groups)})" if location.groups else "''"
    for column, type_ in zip(relation.columns, relation.types, strict=True):
        if column not in location.groups:
            query = f"SELECT {group} AS g, {sql.name(column)} AS v FROM {location.of(table)}"
            yield from _below(table, column, type_, query)


def _below(table: str, column: str, type_: DuckDBPyType, query: str) -> Iterator[ScalarColumn]:
    if type_.id == "list":
        unnested = f"SELECT g, unnest(v) AS v FROM ({query})"
        yield from _below(table, column, _inner(type_)["child"], unnested)
    elif type_.id == "struct":
        for field, inner in _inner(type_).items():
            entered = f"SELECT g, struct_extract(v, {sql.text(field)}) AS v FROM ({query})"
            yield from _below(table, f"{column}.{field}", inner, entered)
    else:
        yield ScalarColumn(table, column, type_.id, query)


def _inner(type_: DuckDBPyType) -> dict[str, DuckDBPyType]:
    return {name: inner for name, inner in type_.children if isinstance(inner, DuckDBPyType)}
