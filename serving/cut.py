"""Cuts a release file from the warehouse: the same rows in the same order on every engine."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from core import sql
from core.errors import AffiliateError
from privacy.scan import Progress
from serving.artefacts import Artefact, ReleaseTable
from serving.build import Build, read_build
from serving.file_writer import (
    CREATE_SCHEMA,
    comment_on,
    create_table,
    execute,
    export,
    insert,
    statements,
)
from serving.relations import mart
from warehouse.connection import ALIAS

#: Catalogue name of the file while it is checked.
RELEASE = "rel"
#: Files of this version open in every DuckDB from 1.2 on.
STORAGE_VERSION = "v1.2.0"


def cut(
    connection: duckdb.DuckDBPyConnection,
    artefact: Artefact,
    path: Path,
    spill: Path,
    progress: Progress,
) -> Build:
    """Writes `artefact` to the new file `path` from one snapshot of the warehouse.

    Args:
        connection: With the warehouse attached as `wh`.
        artefact: The tables to write.
        path: File that does not exist yet.
        spill: Private directory for the rows on their way.
        progress: Called with each step before it starts.

    Returns:
        The build that the snapshot holds.

    Raises:
        AffiliateError: the marts are not from one complete build, or a mart is missing or has a
            nested column without a declared type.
    """
    with TemporaryDirectory(dir=spill) as temporary:
        folder, contents = Path(temporary), [CREATE_SCHEMA]
        connection.execute("BEGIN")
        build = read_build(connection)
        for table in artefact.tables:
            progress(f"copy {table.name}")
            contents += _copy(connection, table, folder)
        connection.execute("COMMIT")
        progress(f"write {artefact.path}")
        options = f"STORAGE_VERSION '{STORAGE_VERSION}'"
        execute(statements(connection, path, options, contents, folder))
    return build


def read_mart(connection: duckdb.DuckDBPyConnection, table: ReleaseTable) -> dict[str, str]:
    """Each column of the table's mart, and the expression of it that every engine gives alike.

    Raises:
        AffiliateError: the mart or a column is missing, or a nested column has no declared type.
    """
    model = table.source[1]
    try:
        types = sql.columns(connection, mart(table))
    except duckdb.CatalogException:
        raise AffiliateError(
            f"the warehouse has no mart {model}: run `affiliate build` first"
        ) from None
    for column in table.left_out:
        types.pop(column, None)
    present = {table.renamed.get(column, column) for column in types}
    paths = {path.partition(".")[0] for path in table.pseudonyms}
    needed = {*table.key, *table.parents, *table.nested, *table.personal, *paths}
    if missing := needed - present:
        raise AffiliateError(f"mart {model} has no column {', '.join(sorted(missing))}")
    return {column: _column(table, column, kind) for column, kind in types.items()}


def describe(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, released: Collection[str]
) -> list[str]:
    """Statements that carry the descriptions of a mart and its columns over to its table.

    Args:
        connection: With the warehouse attached as `wh`.
        table: The table.
        released: Its columns.
    """
    schema, model = table.source
    of_mart = f"database_name = '{ALIAS}' AND schema_name = ? AND table_name = ?"
    comments = connection.execute(
        f"""
        SELECT NULL, comment FROM duckdb_tables() WHERE {of_mart}
        UNION ALL SELECT column_name, comment FROM duckdb_columns() WHERE {of_mart}
        """,
        [schema, model] * 2,
    ).fetchall()
    renamed = [(table.renamed.get(column, column), comment) for column, comment in comments]
    return [
        comment_on(table.name, name, comment)
        for name, comment in renamed
        if comment and (name is None or name in released)
    ]


def _copy(connection: duckdb.DuckDBPyConnection, table: ReleaseTable, folder: Path) -> list[str]:
    """Takes a mart's rows out of the warehouse; gives the statements that make a table of them."""
    source, path = mart(table), folder / f"{table.name}.parquet"
    expressions = {
        table.renamed.get(column, column): expression
        for column, expression in read_mart(connection, table).items()
    }
    selected = ", ".join(f"{one} AS {sql.name(name)}" for name, one in expressions.items())
    query = f"SELECT {selected} FROM {source} ORDER BY {sql.names(table.key)}"
    if export(connection, query, path) != sql.number(connection, f"SELECT count(*) FROM {source}"):
        raise AffiliateError(f"mart {table.name} changed while it was copied: publish again")
    return [
        create_table(table.name, sql.columns(connection, query)),
        *describe(connection, table, expressions),
        insert(table.name, path),
    ]


def _column(table: ReleaseTable, column: str, kind: str) -> str:
    quoted = sql.name(column)
    nested = table.nested.get(column)
    if nested is None:
        if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "JSON")):
            raise AffiliateError(
                f"mart {table.source[1]} has a nested column {column} whose type no release "
                "declares"
            )
        return quoted
    origin = f"CAST({quoted} AS JSON)" if kind == "VARCHAR" else quoted
    return f"CAST({origin} AS {nested})"
