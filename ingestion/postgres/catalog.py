"""Look up tables and their columns in PostgreSQL's catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.tables import TableSpec
from core import sql
from ingestion.postgres.source import SourceConnection


@dataclass(frozen=True)
class CatalogColumn:
    """A column in the catalogue.

    Attributes:
        kind: Type, as returned by `format_type`.
        category: PostgreSQL's category of the type (`typcategory`).
        is_readable: True if the role has SELECT on the column.
    """

    kind: str
    category: str
    is_readable: bool


@dataclass
class CatalogTable:
    """A table in the catalogue.

    Attributes:
        oid: OID of the table, which changes if the table is recreated.
        pages: Number of pages that can be addressed by ctid; 0 if rows have no usable ctid.
        row_bytes: Mean size of a row including TOAST data; None if unknown.
        has_versions: True if `xmin` is the transaction that wrote a row.
        xmin_is_readable: True if the role has SELECT on `xmin`.
        columns: Columns in order, without system columns.
    """

    oid: int
    pages: int
    row_bytes: int | None
    has_versions: bool
    xmin_is_readable: bool = False
    columns: dict[str, CatalogColumn] = field(default_factory=dict)


def look_up(source: SourceConnection, specs: Iterable[TableSpec]) -> dict[str, CatalogTable]:
    """Look up tables in one query.

    Returns:
        `schema.table` → its catalogue entry, for those tables that the role can see.
    """
    names = ", ".join(f"({sql.text(spec.schema)}, {sql.text(spec.name)})" for spec in specs)
    found: dict[str, CatalogTable] = {}
    if not names:
        return found
    for row in source.rows(sql.load(__package__, "catalogue", names=names)):
        schema, name, oid, has_pages, has_versions, pages, row_bytes, *column = row
        table = found.setdefault(
            f"{schema}.{name}",
            CatalogTable(oid, pages if has_pages else 0, row_bytes, has_versions),
        )
        column_name, kind, category, is_own, is_readable = column
        if is_own:
            table.columns[column_name] = CatalogColumn(kind, category, is_readable)
        else:
            table.xmin_is_readable = is_readable
    return found
