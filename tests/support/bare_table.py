"""Table contracts for tests."""

from __future__ import annotations

from contracts.personal import NONE
from contracts.tables import Column, TableSpec


def bare_table(
    qualified: str, *, primary_key: tuple[str, ...] = ("id",), **columns: str
) -> TableSpec:
    """A contract with columns (name → raw type) that hold no personal data."""
    schema, name = qualified.split(".")
    described = (Column(column, kind, "Made up.", NONE) for column, kind in columns.items())
    return TableSpec(schema, name, tuple(described), primary_key=primary_key)
