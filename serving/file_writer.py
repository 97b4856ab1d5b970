"""Writes a DuckDB file in a process that has read nothing but the file's rows.

DuckDB writes whole blocks, and the unused part of a block keeps earlier content of memory: see
https://github.com/duckdb/duckdb/issues/23382. If the process had read all rows before, a file could
contain bytes of other customers. So the rows of a file are exported to Parquet, which has no such
gaps, and a new process loads them into the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from core import sql
from core.duckdb_process import execute

#: Catalogue name of the file while it is written, and while it is checked.
TARGET, RELEASE = "target", "rel"
SCHEMA = "marts"
CREATE_SCHEMA = f"CREATE SCHEMA {TARGET}.{SCHEMA}"
#: Files of this version open in every DuckDB from 1.2 on.
STORAGE_VERSION = "v1.2.0"
#: Compression methods that store pieces of texts.
SYMBOL_TABLES = "fsst,dict_fsst"


def plain_options() -> str:
    """ATTACH options of a file that is not encrypted."""
    return f"STORAGE_VERSION '{STORAGE_VERSION}'"


def create_table(name: str, columns: Mapping[str, str]) -> str:
    """Statement that creates a table of the file; `columns` are names and types, in order."""
    typed = ", ".join(f"{sql.name(column)} {kind}" for column, kind in columns.items())
    return f"CREATE TABLE {_table(name)} ({typed})"


def export(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Writes the rows of a query to a Parquet file, in their order; returns their number."""
    return sql.number(connection, f"COPY ({query}) TO {sql.text(str(path))} (FORMAT parquet)")


def comment_statements(name: str, comments: Mapping[str | None, str]) -> list[str]:
    """Statements that describe a table of the file (key None) and its columns."""
    table = _table(name)
    return [
        f"COMMENT ON {f'COLUMN {table}.{sql.name(column)}' if column else f'TABLE {table}'} "
        f"IS {sql.text(comment)}"
        for column, comment in comments.items()
    ]


def insert(name: str, path: Path) -> str:
    """Statement that loads exported rows into a table of the file."""
    return f"INSERT INTO {_table(name)} FROM read_parquet({sql.text(str(path))})"


def write_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    options: str,
    contents: Sequence[str],
    folder: Path,
) -> None:
    """Writes a file now; see `file_statements` and `core.duckdb_process.execute`."""
    execute(file_statements(connection, path, options, contents, folder))


def file_statements(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    options: str,
    contents: Sequence[str],
    folder: Path,
    *,
    setup: Sequence[str] = (),
) -> list[str]:
    """All statements that the process executes to write a file.

    Args:
        connection: Its memory limit applies to the process, too.
        path: File that does not exist yet.
        options: Options of its ATTACH.
        contents: Statements that fill catalogue `target`, in one transaction.
        folder: Private directory for what does not fit into memory.
        setup: Statements to execute before the file is attached.
    """
    (limit,) = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0]
    return [
        f"SET memory_limit = {sql.text(limit)}",
        f"SET temp_directory = {sql.text(str(folder / 'spill'))}",
        # FSST stores frequent pieces of texts side by side: `Robert ` and `Thomas` would look like
        # a person's name to `privacy.scan.raw_bytes`. Without it files are about 3 % larger.
        f"SET disabled_compression_methods = {sql.text(SYMBOL_TABLES)}",
        *setup,
        f"ATTACH {sql.text(str(path))} AS {TARGET} ({options})",
        # without a transaction each statement would be forced to the disk by itself
        "BEGIN",
        *contents,
        "COMMIT",
        f"CHECKPOINT {TARGET}",
        f"DETACH {TARGET}",
    ]


def _table(name: str) -> str:
    return f"{TARGET}.{SCHEMA}.{sql.name(name)}"
