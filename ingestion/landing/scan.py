"""DuckDB SQL for landed rows. All readers of the landing zone use these functions."""

from __future__ import annotations

from collections.abc import Sequence

from core import sql
from ingestion.landing.manifest import LandedFile
from ingestion.landing.zone import LandingZone

FILE, ROW = "file_index", "file_row_number"


def scan(zone: LandingZone, dataset: str, columns: Sequence[str]) -> str:
    """Return SQL for the rows of a dataset's live files; run it inside `zone.reading()`.

    Args:
        zone: The landing zone.
        dataset: `oltp/…`, `events/…`, `identity/…`, `delivered/…` or `quarantine/…`.
        columns: Names, as landed. A column that a file does not have is null in its rows; if no
            file has it, it is also untyped.

    Returns:
        A SELECT with these columns and `_seq`, the number of the entry that landed the row.
    """
    return scan_files(zone, zone.live(dataset), columns)


def scan_files(
    zone: LandingZone, files: Sequence[tuple[int, LandedFile]], columns: Sequence[str]
) -> str:
    """Return SQL for the rows of some files, like `scan`.

    `columns` may also contain `FILE`, the index of the file in `files`, and `ROW`, the index of the
    row in its file; both start at 0.
    """
    nulls = ", ".join(f"null as {sql.name(column)}" for column in columns)
    if not files:
        return f"select {nulls}, null::bigint as _seq where false"
    return sql.load(
        __package__,
        "scan",
        columns=sql.names(columns),
        entry_numbers=", ".join(str(number) for number, _ in files),
        paths=", ".join(sql.text(str(zone.path(file))) for _, file in files),
        nulls=nulls,
    )
