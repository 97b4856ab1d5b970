"""Reads a contract of a table from YAML; whatever is missing or unknown is named."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import yaml

from contracts.columns import JSON, TEXT, Column, ColumnRule
from contracts.personal import check_class
from contracts.reading import part
from contracts.tables.spec import PartOf, Subject, TableSpec

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def table(file_name: str, text: str) -> TableSpec:
    """The contract in a file.

    Args:
        file_name: `<schema>.<table>.yml`.
        text: Its contents.

    Raises:
        ValueError: a contract is invalid; names table and column.
    """
    qualified = PurePath(file_name).stem
    schema, _, name = qualified.partition(".")
    given = dict(yaml.load(text, _LOADER))  # noqa: S506 - either loader is a safe one
    parts = {"subject": Subject, "part_of": PartOf}
    for key, kind in parts.items():
        if key in given:
            given[key] = part(kind, given[key], f"{qualified}: {key}")
    given["columns"] = tuple(_column(column, qualified) for column in given.get("columns", ()))
    if not given.get("description"):
        raise ValueError(f"{qualified} has no description")
    return part(TableSpec, {"schema": schema, "name": name, **given}, qualified)


def _column(given: dict[str, Any], table: str) -> Column:
    where = f"{table}.{given.get('name', '?')}"
    check_class(given.get("personal"), where)
    rules = tuple(part(ColumnRule, one, where) for one in given.get("rules", ()))
    is_json = given.get("type") == JSON
    kind = TEXT if is_json else given.get("type")
    return part(Column, {**given, "type": kind, "is_json": is_json, "rules": rules}, where)
