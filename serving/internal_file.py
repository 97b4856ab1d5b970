"""Writes and checks `customer_olap.duckdb`: the same rows in the same order on every engine."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from core import sql
from core.durable_files import sha256, sync
from core.errors import AffiliateError
from privacy.scan import Location, Progress, check_privacy
from serving.artefacts import CUSTOMER_OLAP, ReleaseTable
from serving.checks import check_keys, describe_tables
from serving.file_writer import (
    CREATE_SCHEMA,
    RELEASE,
    SCHEMA,
    comment_statements,
    create_table,
    export,
    insert,
    plain_options,
    write_file,
)
from serving.manifest import FileEntry
from serving.marts import Build, mart, read_build, read_columns, read_comments
from serving.store import FILE_MODE


def write_internal_file(
    connection: duckdb.DuckDBPyConnection,
    build: Build,
    folder: Path,
    spill: Path,
    progress: Progress,
) -> FileEntry:
    """Exports the unified marts to their file, checks the file, and makes it durable.

    Args:
        connection: With the warehouse attached as `wh`.
        build: The build that the affiliates' files are made from.
        folder: Directory of the release.
        spill: Private directory for temporary files.
        progress: Called with the name of each step before it starts.

    Raises:
        AffiliateError: a check failed, or the marts were rebuilt after `build` was read.
    """
    path = folder / CUSTOMER_OLAP.path
    if _write(connection, path, spill, progress) != build:
        raise AffiliateError("the marts were rebuilt during publication: publish again")
    path.chmod(FILE_MODE)
    connection.execute(f"ATTACH {sql.text(str(path))} AS {RELEASE} (READ_ONLY)")
    progress("check keys")
    location = Location(f"{RELEASE}.{SCHEMA}")
    check_keys(connection, CUSTOMER_OLAP.tables, location)
    checks = [
        "keys",
        "frozen",
        *check_privacy(connection, CUSTOMER_OLAP.tables, location, path, progress),
    ]
    tables = describe_tables(connection, CUSTOMER_OLAP.tables, location)
    connection.execute(f"DETACH {RELEASE}")
    sync(path)
    return FileEntry(sha256(path), path.stat().st_size, tables, tuple(checks))


def _write(
    connection: duckdb.DuckDBPyConnection, path: Path, spill: Path, progress: Progress
) -> Build:
    """Writes the new file from one snapshot of the warehouse; returns the snapshot's build."""
    with TemporaryDirectory(dir=spill) as temporary:
        folder, contents = Path(temporary), [CREATE_SCHEMA]
        connection.execute("BEGIN")
        build = read_build(connection)
        for table in CUSTOMER_OLAP.tables:
            progress(f"copy {table.name}")
            contents += _copy(connection, table, folder)
        connection.execute("COMMIT")
        progress(f"write {CUSTOMER_OLAP.path}")
        write_file(connection, path, plain_options(), contents, folder)
    return build


def _copy(connection: duckdb.DuckDBPyConnection, table: ReleaseTable, folder: Path) -> list[str]:
    """Exports a mart's rows to Parquet; returns the statements that make a table of them."""
    source, path = mart(table), folder / f"{table.name}.parquet"
    expressions = {
        table.renamed.get(column, column): expression
        for column, expression in read_columns(connection, table).items()
    }
    selected = ", ".join(f"{one} AS {sql.name(name)}" for name, one in expressions.items())
    query = f"SELECT {selected} FROM {source} ORDER BY {sql.names(table.key)}"
    if export(connection, query, path) != sql.number(connection, f"SELECT count(*) FROM {source}"):
        raise AffiliateError(f"mart {table.name} changed while it was copied: publish again")
    return [
        create_table(table.name, sql.columns(connection, query)),
        *comment_statements(table.name, read_comments(connection, table, expressions)),
        insert(table.name, path),
    ]
