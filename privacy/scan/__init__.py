"""Checks that a release file contains no personal data that its readers may not see.

Four scanners, from coarse to fine; each finds what the others cannot:

1. Schema (`columns`): only plain types, and no column named after a personal attribute.
2. Text (`texts`): every text value, also in lists, structs and comments, compared with the values
   of all known people and with the patterns of e-mails, phone numbers and IBANs.
3. Numeric (`values`): numbers that are phone numbers or identifiers, dates that are birth dates.
4. Byte (`raw_bytes`): the bytes of the file compared with the same values, for what no query can
   decode (free blocks, dictionaries, the catalogue). It cannot see compressed values, so the text
   scanner is needed as well.

An affiliate's file may name its own customers in the columns declared for it. Those must hold
values of that affiliate's customers; all other columns pass every scanner.

The known values come from the warehouse's raw tables (`personal`): every version that ever landed,
not only the current one.

Other packages import from here and from no module below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import duckdb

from privacy.scan import columns, personal, raw_bytes, texts, values
from privacy.scan.findings import PrivacyError, refuse
from privacy.scan.location import Location
from privacy.scan.scalars import ScalarColumn, scalar_columns

__all__ = [
    "Location",
    "PrivacyError",
    "Progress",
    "ScalarColumn",
    "check_bytes",
    "check_contents",
    "check_privacy",
    "check_rows",
    "load_personal_values",
    "scalar_columns",
]


#: Called with the name of each step before it starts.
Progress = Callable[[str], None]


class DeclaredTable(Protocol):
    """What the scan must know about a table that is about to be released.

    Attributes:
        name: Name of the table.
        personal: Columns that may hold names or contacts.
        pseudonyms: Column → kind of ID it holds a pseudonym of.
        kind_columns: Column whose values are IDs in some rows only → column with their kind.
    """

    @property
    def name(self) -> str: ...
    @property
    def personal(self) -> Sequence[str]: ...
    @property
    def pseudonyms(self) -> Mapping[str, str]: ...
    @property
    def kind_columns(self) -> Mapping[str, str]: ...


def check_privacy(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[DeclaredTable],
    location: Location,
    path: Path,
    progress: Progress,
) -> list[str]:
    """Runs every scanner over one finished file; call `load_personal_values` before.

    Args:
        connection: With the warehouse attached as `wh`, and the file attached read only.
        tables: The tables that the file should contain.
        location: Where they are in the attached file.
        path: The file itself.
        progress: Called with the name of each step before it starts.

    Returns:
        The names of the checks passed.

    Raises:
        PrivacyError: the file holds a personal value; names table, column, kind and count.
    """
    check_contents(connection, tables, location.schema.partition(".")[0])
    checks = check_rows(connection, tables, location, progress)
    return [*checks, *check_bytes(connection, {"": path}, progress)]


def load_personal_values(connection: duckdb.DuckDBPyConnection, progress: Progress) -> None:
    """Loads all known personal values into temporary tables that the scanners compare with."""
    progress("gather personal values")
    personal.gather(connection)
    values.gather(connection)


def check_contents(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[DeclaredTable], database: str
) -> None:
    """Checks that an attached database holds the declared tables and nothing else.

    Raises:
        PrivacyError: it holds something else.
    """
    refuse(columns.undeclared(connection, database, {table.name for table in tables}))


def check_rows(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[DeclaredTable],
    location: Location,
    progress: Progress,
) -> list[str]:
    """Runs the schema, text and numeric scanners over the tables of one or several files.

    Returns:
        The names of the checks passed.

    Raises:
        PrivacyError: a column that is not declared as personal holds a personal value.
    """
    declared = {table.name: table for table in tables}
    found = scalar_columns(connection, location)
    personal_columns = [column for column in found if _is_personal(declared, column)]
    others = [column for column in found if column not in personal_columns]
    progress("check columns")
    refuse(columns.find(others))
    progress("check texts")
    unchecked = [column for column in others if not _is_pseudonym(declared, column)]
    texts.gather(connection, unchecked, location)
    refuse(texts.find(connection))
    progress("check numbers and dates")
    refuse(values.find(connection, others))
    _load_own_texts(connection, personal_columns)
    return [f"privacy.{scanner}" for scanner in ("columns", "texts", "values")]


def check_bytes(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], progress: Progress
) -> list[str]:
    """Searches the bytes of files for all known values; call `check_rows` on their rows before.

    Args:
        connection: The same as for `check_rows`.
        files: File by its group of rows.
        progress: Called with the name of each step before it starts.

    Raises:
        PrivacyError: a file holds bytes of a personal value that none of its texts explains.
    """
    progress("check bytes")
    refuse(raw_bytes.find(connection, files))
    return ["privacy.raw_bytes"]


def _is_personal(declared: Mapping[str, DeclaredTable], column: ScalarColumn) -> bool:
    table = declared.get(column.table)
    return table is not None and column.name in table.personal


def _is_pseudonym(declared: Mapping[str, DeclaredTable], column: ScalarColumn) -> bool:
    """Whether every value was already compared with the computed pseudonyms."""
    table = declared.get(column.table)
    return table is not None and column.name in table.pseudonyms and not table.kind_columns


def _load_own_texts(connection: duckdb.DuckDBPyConnection, columns: Sequence[ScalarColumn]) -> None:
    """Loads the values that a file may hold about its own customers, for the byte scanner."""
    connection.execute("CREATE OR REPLACE TEMP TABLE own_text (g VARCHAR, value VARCHAR)")
    for column in columns:
        connection.execute(
            f"INSERT INTO own_text SELECT DISTINCT g, CAST(v AS VARCHAR) FROM ({column.query}) "
            "WHERE v IS NOT NULL"
        )
