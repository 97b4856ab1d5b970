"""Rows as destinations get them: a key of one affiliate's, and the values sent with it."""

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
    """One change.

    Attributes:
        operation: added, changed or removed.
        reason: Of a removal.
        affiliate: Slug.
        key: Pseudonym of what the row is about.
        values: What is sent, or was sent last, by field.
    """

    operation: str
    reason: str | None
    affiliate: str
    key: str
    values: dict[str, Value]


def affiliates_of(connection: duckdb.DuckDBPyConnection, changes: str) -> list[str]:
    """Those with changes: an affiliate that has left the release is told of its last removals."""
    rows = connection.execute(f"SELECT DISTINCT affiliate FROM {changes} ORDER BY 1").fetchall()
    return [slug for (slug,) in rows]


def read_rows(
    connection: duckdb.DuckDBPyConnection, changes: str, affiliate: str, fields: Sequence[Field]
) -> Iterator[Row]:
    """The changes of one affiliate, in the order of keys.

    Args:
        connection: With the changes.
        changes: Their table.
        affiliate: Slug.
        fields: Those sent; what an older version sent besides is left out.
    """
    found = connection.execute(
        f"SELECT operation, reason, affiliate, key, sent FROM {changes} "
        "WHERE affiliate = ? ORDER BY key",
        [affiliate],
    ).fetchall()
    for operation, reason, slug, key, sent in found:
        said = json.loads(sent)
        values = {field.name: _value(field.kind, said.get(field.name)) for field in fields}
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
