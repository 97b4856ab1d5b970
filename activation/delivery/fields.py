"""Columns whose values are delivered, and what kind of value each has."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

_KINDS = {
    "VARCHAR": "text",
    "BOOLEAN": "truth",
    "DATE": "time",
    "TIMESTAMP WITH TIME ZONE": "time",
    "TIMESTAMP": "time",
    "DOUBLE": "number",
    "INTEGER": "number",
    "BIGINT": "number",
    "HUGEINT": "number",
}


@dataclass(frozen=True)
class Field:
    """A column of an affiliate's file.

    Attributes:
        name: Its name.
        expression: How SQL says it.
        kind: number, text, truth or time.
        type: DuckDB's name of its type.
        description: What the mart says of it.
    """

    name: str
    expression: str
    kind: str
    type: str
    description: str = ""

    @property
    def arrow(self) -> pa.DataType:
        """Its type in Parquet; times leave as text, in ISO 8601."""
        if self.kind == "truth":
            return pa.bool_()
        if self.kind != "number":
            return pa.string()
        if self.type.startswith("DECIMAL"):
            precision, scale = map(int, self.type.strip("DECIMAL()").split(","))
            return pa.decimal128(precision, scale)
        return pa.float64() if self.type == "DOUBLE" else pa.int64()


def kind_of(column_type: str) -> str:
    """number, text, truth or time; empty for lists and other nested types."""
    return "number" if column_type.startswith("DECIMAL") else _KINDS.get(column_type, "")
