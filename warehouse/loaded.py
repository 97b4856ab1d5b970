"""The list of loaded files, a table in the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from core import sql
from ingestion.landing import LandedFile, ManifestEntry
from warehouse import raw
from warehouse.connection import ALIAS

LIST = f"{ALIAS}.{raw.SCHEMA}.{raw.LOADED}"


@dataclass(frozen=True)
class LoadedFile:
    """Rows of a loaded file.

    Attributes:
        path: Path of the file, or of the file that replaced it.
        seq: Number of the entry that landed the rows.
        sha256: Checksum of the file.
    """

    path: str
    seq: int
    sha256: str


def read(connection: duckdb.DuckDBPyConnection) -> list[LoadedFile]:
    """Return the complete list."""
    rows = connection.execute(f"select path, seq, sha256 from {LIST}").fetchall()
    return [LoadedFile(*row) for row in rows]


def add(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    rows: Mapping[int, tuple[int, ManifestEntry]],
) -> None:
    """Add a file to the list.

    Args:
        connection: The warehouse.
        file: The file.
        rows: Entry number → rows of it that were inserted, and the entry that landed them.
    """
    counts = ", ".join(
        f"({seq}, {count}, timestamptz {sql.text(entry.committed_at.isoformat())}, "
        f"{sql.text(entry.source)})"
        for seq, (count, entry) in sorted(rows.items())
    )
    rows_of_file = sql.load(
        __package__,
        "loaded_file",
        file_path=sql.text(file.path),
        checksum=sql.text(file.sha256),
        counts=f"(values {counts}) as counts (seq, row_count, landed_at, source)",
    )
    connection.execute(f"insert into {LIST} {rows_of_file}")


def remove(connection: duckdb.DuckDBPyConnection, paths: Iterable[str]) -> None:
    """Takes files off the list."""
    for path in paths:
        connection.execute(f"delete from {LIST} where path = ?", [path])
