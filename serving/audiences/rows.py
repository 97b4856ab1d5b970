"""Rows as destinations get them: the pseudonym, when it entered, and the fields sent with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from serving.audiences.fields import Field

Value = str | int | Decimal | bool | None
#: Of a visit, sent with every row and part of `sent`.
VISIT = ("entered_at", "entry_number")


@dataclass(frozen=True)
class Row:
    """One change.

    Attributes:
        operation: added, changed or removed.
        reason: Of a removal.
        affiliate: Slug.
        member: Pseudonym.
        values: What is sent, or was sent last, by field.
    """

    operation: str
    reason: str | None
    affiliate: str
    member: str
    values: dict[str, Value]


def read_rows(
    connection: duckdb.DuckDBPyConnection, changes: str, affiliate: str, fields: Sequence[Field]
) -> Iterator[Row]:
    """The changes of one affiliate, in the order of pseudonyms.

    Args:
        connection: With the changes.
        changes: Their table.
        affiliate: Slug.
        fields: Those sent; what an older version sent besides is left out.
    """
    found = connection.execute(
        f"SELECT operation, reason, affiliate, member, sent FROM {changes} "
        "WHERE affiliate = ? ORDER BY member",
        [affiliate],
    ).fetchall()
    kinds = {"entered_at": "text", "entry_number": "number", **{f.name: f.kind for f in fields}}
    for operation, reason, slug, member, sent in found:
        said = json.loads(sent)
        values = {name: _value(kind, said.get(name)) for name, kind in kinds.items()}
        yield Row(operation, reason, slug, member, values)


def _value(kind: str, text: str | None) -> Value:
    if text is None:
        return None
    if kind == "truth":
        return text == "true"
    if kind != "number":
        return text
    number = Decimal(text)
    return int(text) if text.lstrip("-").isdigit() else number
