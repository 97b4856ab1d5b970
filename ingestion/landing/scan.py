"""Landed rows as DuckDB SQL: whoever reads them reads through here."""

from __future__ import annotations

from collections.abc import Sequence

from core.sql import quote
from ingestion.landing.manifest import LandedFile
from ingestion.landing.zone import LandingZone

FILE, ROW = "file_index", "file_row_number"


def scan(zone: LandingZone, dataset: str, columns: Sequence[str]) -> str:
    """SQL for the rows of a dataset's live files; read it inside `zone.reading()`.

    Args:
        zone: Where the files are.
        dataset: `oltp/…`, `events/…`, `identity/…`, `delivered/…` or `quarantine/…`.
        columns: Names, as landed. One that a file was landed without is null there; one that no
            file has is null everywhere, and untyped.

    Returns:
        A SELECT with these columns and `_seq`, the number of the entry that landed the row.
    """
    return scan_files(zone, zone.live(dataset), columns)


def scan_files(
    zone: LandingZone, files: Sequence[tuple[int, LandedFile]], columns: Sequence[str]
) -> str:
    """SQL for the rows of some files, as `scan` gives those of a dataset.

    Columns may also be `FILE`, the file's place among the files, and `ROW`, the row's in its file;
    both count from 0.
    """
    listed = ", ".join(map(identifier, columns))
    nulls = ", ".join(f"null as {identifier(column)}" for column in columns)
    none = f"select {nulls}, null::bigint as _seq where false"
    if not files:
        return none
    paths = ", ".join(f"'{quote(str(zone.path(file)))}'" for _, file in files)
    numbers = ", ".join(str(number) for number, _ in files)
    # a rewritten file says each row's number; the rows of any other carry their entry's
    return (
        f"select {listed}, coalesce(_seq, "
        f"list_extract([{numbers}]::bigint[], ({FILE} + 1)::bigint)) as _seq "
        f"from (select *, {FILE}, {ROW} from read_parquet([{paths}], union_by_name = true) "
        f"union all by name {none})"
    )


def identifier(name: str) -> str:
    """A column's name, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'
