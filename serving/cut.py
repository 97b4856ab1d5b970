"""Cuts a release file from the warehouse: the same rows in the same order on every engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from ingestion.errors import AffiliateError
from ingestion.warehouse.connection import ALIAS
from serving import sql
from serving.artefacts import Artefact, ReleaseTable
from serving.build import Build, read_build

Progress = Callable[[str], None]

#: Catalogue names of the file while it is written and while it is checked.
TARGET, RELEASE = "target", "rel"
SCHEMA = "marts"
#: Files of this version open in every DuckDB from 1.2 on.
STORAGE_VERSION = "v1.2.0"


def cut(
    connection: duckdb.DuckDBPyConnection, artefact: Artefact, path: Path, progress: Progress
) -> Build:
    """Writes `artefact` to the new file `path` from one snapshot of the warehouse.

    Args:
        connection: With the warehouse attached as `wh`.
        artefact: The tables to write.
        path: File that does not exist yet.
        progress: Called with each step before it starts.

    Returns:
        The build that the snapshot holds.

    Raises:
        AffiliateError: the marts are not from one complete build, or a mart is missing or has a
            nested column without a declared type.
    """
    connection.execute(
        f"ATTACH {sql.text(str(path))} AS {TARGET} (STORAGE_VERSION '{STORAGE_VERSION}')"
    )
    connection.execute("BEGIN")
    build = read_build(connection)
    connection.execute(f"CREATE SCHEMA {TARGET}.{SCHEMA}")
    for table in artefact.tables:
        progress(f"copy {table.name}")
        _copy(connection, table)
    connection.execute("COMMIT")
    progress(f"write {artefact.path}")
    connection.execute(f"CHECKPOINT {TARGET}")
    connection.execute(f"DETACH {TARGET}")
    return build


def read_mart(connection: duckdb.DuckDBPyConnection, table: ReleaseTable) -> dict[str, str]:
    """Each column of the table's mart, and the expression of it that every engine gives alike.

    Raises:
        AffiliateError: the mart or a column is missing, or a nested column has no declared type.
    """
    model = table.source[1]
    try:
        types = sql.columns(connection, sql.mart(table))
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


def describe(connection: duckdb.DuckDBPyConnection, table: ReleaseTable, target: str) -> None:
    """Carries the descriptions of the mart and its columns over to a table."""
    schema, model = table.source
    of_mart = f"database_name = '{ALIAS}' AND schema_name = ? AND table_name = ?"
    comments = connection.execute(
        f"""
        SELECT NULL, comment FROM duckdb_tables() WHERE {of_mart}
        UNION ALL SELECT column_name, comment FROM duckdb_columns() WHERE {of_mart}
        """,
        [schema, model] * 2,
    ).fetchall()
    released = sql.columns(connection, target)
    for column, comment in comments:
        name = table.renamed.get(column, column)
        if comment and (name is None or name in released):
            thing = f"TABLE {target}" if name is None else f"COLUMN {target}.{sql.name(name)}"
            connection.execute(f"COMMENT ON {thing} IS {sql.text(comment)}")


def _copy(connection: duckdb.DuckDBPyConnection, table: ReleaseTable) -> None:
    source, target = sql.mart(table), f"{TARGET}.{SCHEMA}.{sql.name(table.name)}"
    selected = ", ".join(
        f"{expression} AS {sql.name(table.renamed.get(column, column))}"
        for column, expression in read_mart(connection, table).items()
    )
    connection.execute(
        f"CREATE TABLE {target} AS SELECT {selected} FROM {source} ORDER BY {sql.names(table.key)}"
    )
    if sql.number(connection, f"SELECT count(*) FROM {source}") != sql.number(
        connection, f"SELECT count(*) FROM {target}"
    ):
        raise AffiliateError(f"mart {table.name} changed while it was copied: publish again")
    describe(connection, table, target)


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
