"""Makes a DuckDB file in a process that has seen nothing but its rows.

DuckDB writes whole blocks, and what it does not fill of them stays as the memory was: see
https://github.com/duckdb/duckdb/issues/23382. Where everybody's rows were read before, somebody
else's would leave with the file. So a file's rows go to Parquet, which has no gaps, and a new
process puts them into the file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from core import sql
from core.errors import AffiliateError

#: Catalogue name of the file while it is written.
TARGET = "target"
SCHEMA = "marts"
CREATE_SCHEMA = f"CREATE SCHEMA {TARGET}.{SCHEMA}"


def create_table(name: str, columns: Mapping[str, str]) -> str:
    """Statement that creates a table of the file; `columns` are names and types, in order."""
    typed = ", ".join(f"{sql.name(column)} {kind}" for column, kind in columns.items())
    return f"CREATE TABLE {_table(name)} ({typed})"


def export(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Writes the rows of a query to a Parquet file, in their order; returns how many."""
    return sql.number(connection, f"COPY ({query}) TO {sql.text(str(path))} (FORMAT parquet)")


def comment_on(name: str, column: str | None, comment: str) -> str:
    """Statement that describes a table of the file, or a column of it."""
    thing = (
        f"TABLE {_table(name)}" if column is None else f"COLUMN {_table(name)}.{sql.name(column)}"
    )
    return f"COMMENT ON {thing} IS {sql.text(comment)}"


def insert(name: str, path: Path) -> str:
    """Statement that puts what was exported into a table of the file."""
    return f"INSERT INTO {_table(name)} FROM read_parquet({sql.text(str(path))})"


def statements(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    options: str,
    contents: Sequence[str],
    folder: Path,
    *,
    before: Sequence[str] = (),
) -> list[str]:
    """All that the process executes which makes a file.

    Args:
        connection: Whose limit of memory is that of the process, too.
        path: File that does not exist yet.
        options: Of its ATTACH.
        contents: Statements that fill catalogue `target`, in one transaction.
        folder: Private directory, for what does not fit into memory.
        before: Statements that come before the file is attached.
    """
    (limit,) = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0]
    return [
        f"SET memory_limit = {sql.text(limit)}",
        f"SET temp_directory = {sql.text(str(folder / 'spill'))}",
        *before,
        f"ATTACH {sql.text(str(path))} AS {TARGET} ({options})",
        # one transaction: each would be forced to the disk by itself
        "BEGIN",
        *contents,
        "COMMIT",
        f"CHECKPOINT {TARGET}",
        f"DETACH {TARGET}",
    ]


def execute(statements: Sequence[str]) -> None:
    """Executes statements in a process of its own; may be called in any thread.

    Raises:
        duckdb.Error: what DuckDB raised there; its text may hold values of rows.
        AffiliateError: the process was killed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "serving.file_child", str(os.getpid())],
        # among them is the key of an encrypted file, which no list of processes may show
        input=json.dumps(statements),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        if not done.stdout:
            raise AffiliateError("a process that writes a file was killed: publish again")
        kind, text = json.loads(done.stdout)
        raise getattr(duckdb, kind, duckdb.Error)(text)


def _table(name: str) -> str:
    return f"{TARGET}.{SCHEMA}.{sql.name(name)}"
