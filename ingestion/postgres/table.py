"""A table that is fit to be read: its contract, the catalogue and what was landed before agree."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from contracts.tables import (
    BIGINT,
    BOOLEAN,
    DATE,
    INTEGER,
    MONEY,
    TEXT,
    TIMESTAMP,
    TableSpec,
)
from core import sql
from ingestion.landing import Position
from ingestion.postgres.catalog import CatalogColumn, CatalogTable
from ingestion.postgres.columns import SourceColumn, issues
from ingestion.postgres.schema_drift import TableError, unexpected_columns

#: Raw type → source types it holds without loss, as `format_type` spells them.
EXACT = {
    BIGINT: r"smallint|integer|bigint",
    INTEGER: r"smallint|integer",
    BOOLEAN: r"boolean",
    DATE: r"date",
    TIMESTAMP: r"timestamp(\(\d\))? with time zone",
    MONEY: r"numeric\((\d+),(\d+)\)",
}
#: Text takes strings and enumerations, and these.
TEXTUAL = {"json", "jsonb", "uuid"}
MONEY_DIGITS, MONEY_SCALE = 18, 2
WHOLE_NUMBERS = {"smallint", "integer", "bigint"}


@dataclass(frozen=True)
class SourceTable:
    """A table that fits its contract.

    Attributes:
        spec: The contract.
        found: What the catalogue has.
        columns: What is read: the contract's columns in its order, then the unexpected ones.
        warnings: One line each about columns that the contract does not name.
    """

    spec: TableSpec
    found: CatalogTable
    columns: tuple[SourceColumn, ...]
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Quoted name, for SQL."""
        return f"{sql.name(self.spec.schema)}.{sql.name(self.spec.name)}"

    @property
    def keys(self) -> tuple[SourceColumn, ...]:
        """The columns of the primary key."""
        return tuple(c for c in self.columns if c.name in self.spec.primary_key)

    @property
    def sent(self) -> str:
        """SELECT list for PostgreSQL: everything that is read of a row, its age included."""
        columns = ", ".join(column.sent for column in self.columns)
        return f"{columns}, {issues(self.columns)}, {self.age} as _age"

    @property
    def taken(self) -> str:
        """SELECT list for DuckDB: what was sent, in the types of landed files."""
        return ", ".join(column.taken for column in self.columns)

    @property
    def age(self) -> str:
        """SQL for PostgreSQL: how many transactions ago a row was written, null if untold."""
        return "age(xmin)" if self.found.has_versions else "null::integer"

    @property
    def key_hash(self) -> str:
        """SQL for PostgreSQL: 64 bits that stand for the key."""
        mixed = "0"
        for column in self.keys:
            name = sql.name(column.name)
            if column.kind in WHOLE_NUMBERS:
                mixed = f"hashint8extended({name}, {mixed})"
            else:
                mixed = f"hashtextextended({name}::text, {mixed})"
        return mixed

    @property
    def types(self) -> dict[str, str]:
        """Column → its type in the source."""
        return {column.name: column.kind for column in self.columns}

    @property
    def fingerprint(self) -> str:
        """Changes with what is read: a new column has values that no transaction wrote."""
        columns = ",".join(f"{column.name} {column.landed}" for column in self.columns)
        return hashlib.sha256(columns.encode()).hexdigest()[:16]


def fit(spec: TableSpec, found: CatalogTable | None, previous: Position | None) -> SourceTable:
    """Compares the table with its contract and with what was landed of it.

    Args:
        spec: The contract.
        found: What the catalogue has of it.
        previous: Where the last run ended, if there was one.

    Raises:
        TableError: the table or a column is missing, has another type, or may not be read.
    """
    if found is None:
        raise TableError(f"{spec.qualified} does not exist in the OLTP, or its schema is closed")
    landed: dict[str, str] = (previous or {}).get("types", {})
    needed = [name for name, _ in spec.all_columns]
    for name in needed:
        if name not in found.columns:
            was = landed.get(name, dict(spec.all_columns)[name])
            raise TableError(
                f"{spec.qualified}: the OLTP has no column {name} any more, which was {was}: "
                "change the contract or the table"
            )
    _refuse_closed(spec, found, needed)
    for name, raw in spec.all_columns:
        _refuse_unfit(spec, name, raw, found.columns[name], landed.get(name, raw))
    unexpected, warnings = unexpected_columns(spec, found, landed)
    columns = (SourceColumn(name, found.columns[name].kind, raw) for name, raw in spec.all_columns)
    return SourceTable(spec, found, (*columns, *unexpected), warnings)


def _refuse_closed(spec: TableSpec, found: CatalogTable, needed: list[str]) -> None:
    closed = [name for name in needed if not found.columns[name].is_readable]
    if found.has_versions and not found.xmin_is_readable:
        closed.insert(0, "xmin")
    if closed:
        raise TableError(
            f"{spec.qualified}: the OLTP's role may not read {', '.join(closed)}: "
            f"grant select ({sql.names(closed)}) on {spec.qualified}"
        )


def _refuse_unfit(spec: TableSpec, name: str, raw: str, column: CatalogColumn, was: str) -> None:
    if not _fits(raw, column):
        raise TableError(
            f"{spec.qualified}.{name} was {was} and is {column.kind} in the OLTP now, which "
            f"{raw} of its contract does not hold: change the contract or the table"
        )


def _fits(raw: str, column: CatalogColumn) -> bool:
    if raw == TEXT:
        return column.category in "SE" or column.kind in TEXTUAL
    match = re.fullmatch(EXACT[raw], column.kind)
    if match is None or raw != MONEY:
        return match is not None
    digits, scale = int(match[1]), int(match[2])
    return scale <= MONEY_SCALE and digits - scale <= MONEY_DIGITS - MONEY_SCALE
