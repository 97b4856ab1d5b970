"""What a release reads from the warehouse: the build, the marts, and their descriptions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import duckdb

from core import sql
from core.errors import AffiliateError
from serving.artefacts import ReleaseTable
from warehouse.connection import ALIAS

#: Catalogue name of the temporary database in which a release is prepared.
STAGE = "stage"
#: Schema of the stage with the tables that `serving.benchmark` fills.
FROZEN = f"{STAGE}.frozen"


@dataclass(frozen=True)
class Build:
    """One complete and tested build of the marts.

    Attributes:
        as_of: The instant every relative measure uses.
        landing_position: Highest manifest entry of the landing zone that is in it; None if none.
    """

    as_of: datetime
    landing_position: int | None


def read_build(connection: duckdb.DuckDBPyConnection) -> Build:
    """Reads which build the attached warehouse holds; dbt records it in `meta.build`.

    Raises:
        AffiliateError: no build succeeded yet, or single models were built since the last one.
    """
    try:
        row = connection.execute(
            f"SELECT as_of, landing_position FROM {ALIAS}.meta.build"
        ).fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None:
        raise AffiliateError(
            "the marts are not from one complete and tested build: run `affiliate build` first"
        )
    return Build(*row)


def mart(table: ReleaseTable) -> str:
    """Full name of the relation that a release table is read from."""
    schema, model = table.source
    if table.is_frozen:
        return f"{FROZEN}.{sql.name(model)}"
    return f"{ALIAS}.{sql.name(schema)}.{sql.name(model)}"


def read_columns(connection: duckdb.DuckDBPyConnection, table: ReleaseTable) -> dict[str, str]:
    """Each column of the table's mart → an expression with the same value on every engine.

    Raises:
        AffiliateError: the mart or a column is missing, or a nested column has no declared type.
    """
    model = table.source[1]
    try:
        types = sql.columns(connection, mart(table))
    except duckdb.CatalogException:
        raise missing_mart(model) from None
    for column in table.left_out:
        types.pop(column, None)
    present = {table.renamed.get(column, column) for column in types}
    paths = {path.partition(".")[0] for path in table.pseudonyms}
    needed = {*table.key, *table.parents, *table.nested, *table.personal, *paths}
    if missing := needed - present:
        raise AffiliateError(f"mart {model} has no column {', '.join(sorted(missing))}")
    return {column: _expression(table, column, kind) for column, kind in types.items()}


def read_comments(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, released: Collection[str]
) -> dict[str | None, str]:
    """Descriptions of a mart's columns by their name in the release; None: of the mart itself.

    Args:
        connection: With the warehouse attached as `wh`.
        table: The table.
        released: Its columns.
    """
    schema, model = table.source
    comments = connection.execute(
        sql.load(__package__, "comments"),
        {"warehouse": ALIAS, "mart_schema": schema, "mart": model},
    ).fetchall()
    renamed = ((table.renamed.get(column, column), comment) for column, comment in comments)
    return {
        name: comment for name, comment in renamed if comment and (name is None or name in released)
    }


def missing_mart(model: str) -> AffiliateError:
    """The error for a mart that the warehouse does not have."""
    return AffiliateError(f"the warehouse has no mart {model}: run `affiliate build` first")


def _expression(table: ReleaseTable, column: str, kind: str) -> str:
    quoted = sql.name(column)
    nested = table.nested.get(column)
    if nested is None:
        if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "JSON")):
            raise AffiliateError(
                f"column {column} of mart {table.source[1]} is nested, and the release declares "
                "no type for it"
            )
        return quoted
    # engines without nested types hold the value as JSON text
    value = f"CAST({quoted} AS JSON)" if kind == "VARCHAR" else quoted
    return f"CAST({value} AS {nested})"
