"""Changed rows as destinations receive them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from activation.delivery.fields import Field

Value = str | int | Decimal | bool | None


@dataclass(frozen=True)
class Row:
    """One changed row.

    Attributes:
        operation: added, changed or removed.
        reason: Reason of a removal.
        affiliate: Slug of the affiliate.
        key: Pseudonym of the member or task.
        values: Values by field; for a removal, those sent last.
    """

    operation: str
    reason: str | None
    affiliate: str
    key: str
    values: dict[str, Value]


def affiliates_of(connection: duckdb.DuckDBPyConnection, changes: str) -> list[str]:
    """Return the slugs of affiliates with changes, including those that left the release."""
    rows = connection.execute(f"SELECT DISTINCT affiliate FROM {changes} ORDER BY 1").fetchall()
    return [slug for (slug,) in rows]


def read_rows(
    connection: duckdb.DuckDBPyConnection, changes: str, affiliate: str, fields: Sequence[Field]
) -> Iterator[Row]:
    """Yield the changes of one affiliate, ordered by key.

    Args:
        connection: Database with the changes.
        changes: Name of their table.
        affiliate: Slug of the affiliate.
        fields: Fields to send; others that an older version sent are omitted.
    """
    found = connection.execute(
        f"SELECT operation, reason, affiliate, key, sent FROM {changes} "
        "WHERE affiliate = ? ORDER BY key",
        [affiliate],
    ).fetchall()
    for operation, reason, slug, key, sent in found:
        stored = json.loads(sent)
        values = {field.name: _value(field.kind, stored.get(field.name)) for field in fields}
        yield Row(operation, reason, slug, key, values)


def _value(kind: str, text: str | None) -> Value:
    if text is None:
        return None
    if kind == "truth":
        return text == "true"
    if kind != "number":
        return text
    number = Decimal(text)
    return int(text) if text.lstrip("-").isdigit() else number
