"""Schema drift: land unexpected columns if possible, and reject changes of landed columns."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.tables import TableSpec
from core.errors import AffiliateError
from ingestion.postgres.catalog import CatalogTable
from ingestion.postgres.columns import SourceColumn, unexpected_column

#: Column names that the platform adds to landed files or uses in queries.
RESERVED = {"_issues", "_xid", "_op", "_source", "_seq", "_age", "_hash", "_keys", "_key_sum"}


class TableError(AffiliateError):
    """A table does not match its contract; other tables can still be read."""


def unexpected_columns(
    spec: TableSpec, found: CatalogTable, landed: Mapping[str, str]
) -> tuple[tuple[SourceColumn, ...], tuple[str, ...]]:
    """Find the columns that are not in the contract.

    Args:
        spec: Contract of the table.
        found: Catalogue entry of the table.
        landed: Column → its source type when it was last landed.

    Returns:
        The unexpected columns to land, and one warning for each unexpected column.

    Raises:
        TableError: an unexpected column that was landed before is missing or has another type.
    """
    named = {name for name, _ in spec.all_columns} | set(spec.excluded)
    for name in landed.keys() - named - found.columns.keys():
        raise TableError(
            f"{spec.qualified}: the OLTP has no column {name} any more, which was {landed[name]}: "
            "exclude it in the contract or bring it back"
        )
    taken = {name.lower() for name in named} | RESERVED
    columns: list[SourceColumn] = []
    warnings: list[str] = []
    for name, column in found.columns.items():
        if name in named:
            continue
        if problem := _obstacle(name, column.is_readable, taken):
            warnings.append(f"{spec.qualified}: {name} is not in the contract and {problem}")
            continue
        _refuse_retyped(spec, name, landed.get(name, column.kind), column.kind)
        taken.add(name.lower())
        columns.append(unexpected_column(name, column.kind))
        warnings.append(
            f"{spec.qualified}: {name} ({column.kind}) is landed and not in the contract"
        )
    return tuple(columns), tuple(warnings)


def _obstacle(name: str, is_readable: bool, taken: set[str]) -> str | None:
    if not is_readable:
        return "not read: the OLTP's role may not"
    if name.lower() in taken:
        return "not read: landed files have another column of this name"
    return None


def _refuse_retyped(spec: TableSpec, name: str, was: str, now: str) -> None:
    if was != now:
        raise TableError(
            f"{spec.qualified}.{name} was {was} and is {now} in the OLTP now: name it in the "
            "contract, columns or excluded, or change it back"
        )
