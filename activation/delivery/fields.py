"""Columns that can be delivered, and their kinds of values."""

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
        name: Name of the column.
        expression: SQL expression of its value.
        kind: number, text, truth or time.
        type: DuckDB type.
        description: Description of the column in the mart.
    """

    name: str
    expression: str
    kind: str
    type: str
    description: str = ""

    @property
    def arrow(self) -> pa.DataType:
        """Return its Parquet type; times are delivered as ISO 8601 text."""
        if self.kind == "truth":
            return pa.bool_()
        if self.kind != "number":
            return pa.string()
        if self.type.startswith("DECIMAL"):
            precision, scale = map(int, self.type.strip("DECIMAL()").split(","))
            return pa.decimal128(precision, scale)
        return pa.float64() if self.type == "DOUBLE" else pa.int64()


def kind_of(column_type: str) -> str:
    """Return number, text, truth or time; empty for nested types such as lists."""
    return "number" if column_type.startswith("DECIMAL") else _KINDS.get(column_type, "")
