"""Rows as comparable text: exact decimals and instants, lists as JSON with sorted keys."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.dbt.dbt_warehouse import Connection, Warehouse

BUILT = ("reference", "staging", "identity", "intermediate", "marts", "own")
Snapshot = dict[str, Counter[str]]


def snapshot(warehouse: Warehouse) -> Snapshot:
    """Everything dbt built: per `schema.table` its rows, each as JSON of its columns in order.

    Digests are left out: each engine makes them in its own way.
    """
    schemas = ", ".join(f"'{schema}'" for schema in BUILT)
    with warehouse.connect() as connection:
        columns = connection.execute(
            "select table_schema || '.' || table_name, column_name"
            f" from information_schema.columns where table_schema in ({schemas})"
            " and right(column_name, 5) <> '_hash'"
            " order by 1, ordinal_position"
        ).fetchall()
        names: dict[str, list[str]] = {}
        for relation, column in columns:
            names.setdefault(relation, []).append(column)
        return {relation: _rows(connection, relation, names[relation]) for relation in names}


def _rows(connection: Connection, relation: str, names: list[str]) -> Counter[str]:
    listed = ", ".join(f'"{name}"' for name in names)
    return Counter(
        json.dumps(dict(zip(names, map(_plain, row), strict=True)))
        for row in connection.execute(f"select {listed} from {relation}").fetchall()
    )


def _plain(value: Any) -> Any:
    """DuckDB's structs and PostgreSQL's jsonb end as the same JSON; types stay distinguishable."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return f"date {value.isoformat()}"
    if isinstance(value, Decimal):
        return f"decimal {value}"
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        fields = sorted(value.items())
        return {
            name: _instant(item) if name.endswith("_at") else _number(item) for name, item in fields
        }
    return value


def _instant(value: datetime | str) -> str:
    """PostgreSQL writes instants into jsonb without the last zeros of the fraction."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.isoformat()


def _number(value: Any) -> Any:
    """JSON knows no difference between 7.0 and 7."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
