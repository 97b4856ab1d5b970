"""Proves that a release file tells nobody who a customer is that should not know.

Four nets, from coarse to fine; each finds what the others cannot:

1. `columns`: only plain types, and no column named after a personal attribute.
2. `texts`: every text value, also inside lists and structs and in comments, against the values of
   all known persons and against what e-mails, phone numbers and IBANs look like.
3. `values`: numbers that are phone numbers or identifiers, dates that are birth dates.
4. `raw_bytes`: the bytes of the file against the same values, for what no query decodes (free
   blocks, dictionaries, catalogue). Compressed values escape it, hence the second net.

An affiliate's file may name its own customers in the columns declared for it, which must hold
what was said of that affiliate's customers, and pass the nets everywhere else.

What is known of persons comes from the warehouse's raw tables (`personal`): every version that ever
landed, not only today's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import duckdb

from privacy.scan import columns, personal, raw_bytes, texts, values
from privacy.scan.findings import PrivacyError, refuse
from privacy.scan.leaves import Leaf, leaves
from privacy.scan.location import Location

__all__ = [
    "PrivacyError",
    "check_bytes",
    "check_contents",
    "check_privacy",
    "check_rows",
    "gather",
]


#: Called with the name of each step before it starts.
Progress = Callable[[str], None]


class DeclaredTable(Protocol):
    """What the scan must know of a table that is about to leave.

    Attributes:
        name: Name of the table.
        personal: Columns that may name or reach a person.
        pseudonyms: Column to the kind of id it holds a pseudonym of.
        told_by: Column whose values are ids only in some rows, to the column that says in which.
    """

    @property
    def name(self) -> str: ...
    @property
    def personal(self) -> Sequence[str]: ...
    @property
    def pseudonyms(self) -> Mapping[str, str]: ...
    @property
    def told_by(self) -> Mapping[str, str]: ...


def check_privacy(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[DeclaredTable],
    location: Location,
    path: Path,
    progress: Progress,
) -> list[str]:
    """Runs every scanner over one finished file; `gather` came before.

    Args:
        connection: With the warehouse attached as `wh`, and the file attached read only.
        tables: What should be in the file.
        location: Where they lie in the attached file.
        path: The file itself.
        progress: Called with each step before it starts.

    Returns:
        The names of the checks passed.

    Raises:
        PrivacyError: the file holds a personal value; names table, column, kind and count.
    """
    check_contents(connection, tables, location.schema.partition(".")[0])
    checks = check_rows(connection, tables, location, progress)
    return [*checks, *check_bytes(connection, {"": path}, progress)]


def gather(connection: duckdb.DuckDBPyConnection, progress: Progress) -> None:
    """Collects what is known of persons; the nets compare with it."""
    progress("gather personal values")
    personal.gather(connection)
    values.gather(connection)


def check_contents(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[DeclaredTable], database: str
) -> None:
    """Nothing but the declared tables is in an attached database.

    Raises:
        PrivacyError: there is something else.
    """
    refuse(columns.undeclared(connection, database, {table.name for table in tables}))


def check_rows(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[DeclaredTable],
    place: Location,
    progress: Progress,
) -> list[str]:
    """Runs the nets that decode over tables, of one file or of many that lie together.

    Returns:
        The names of the checks passed.

    Raises:
        PrivacyError: a column holds a personal value that is not declared to.
    """
    declared = {table.name: table for table in tables}
    found = leaves(connection, place)
    named = [leaf for leaf in found if _is_personal(declared.get(leaf.table), leaf)]
    others = [leaf for leaf in found if leaf not in named]
    worded = [leaf for leaf in others if not _is_pseudonym(declared.get(leaf.table), leaf)]
    progress("check columns")
    refuse(columns.find(others))
    progress("check texts")
    texts.gather(connection, worded, place)
    refuse(texts.find(connection))
    progress("check numbers and dates")
    refuse(values.find(connection, others))
    _keep_own(connection, named)
    return [f"privacy.{net}" for net in ("columns", "texts", "values")]


def check_bytes(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], progress: Progress
) -> list[str]:
    """Seeks all known values in the bytes of files whose rows were checked just before.

    Args:
        connection: The same as then.
        files: File by its group of rows.
        progress: Called with each step before it starts.

    Raises:
        PrivacyError: a file holds bytes of a person that none of its texts explains.
    """
    progress("check bytes")
    refuse(raw_bytes.find(connection, files))
    return ["privacy.raw_bytes"]


def _is_personal(table: DeclaredTable | None, leaf: Leaf) -> bool:
    return table is not None and leaf.column in table.personal


def _is_pseudonym(table: DeclaredTable | None, leaf: Leaf) -> bool:
    """Whether every value was compared with the pseudonyms computed: nothing else can be in it."""
    return table is not None and leaf.column in table.pseudonyms and not table.told_by


def _keep_own(connection: duckdb.DuckDBPyConnection, named: Sequence[Leaf]) -> None:
    """Notes what a file may say of its own customers, for the net that reads bytes."""
    connection.execute("CREATE OR REPLACE TEMP TABLE own_text (g VARCHAR, value VARCHAR)")
    for leaf in named:
        connection.execute(
            f"INSERT INTO own_text SELECT DISTINCT g, CAST(v AS VARCHAR) FROM ({leaf.query}) "
            "WHERE v IS NOT NULL"
        )
