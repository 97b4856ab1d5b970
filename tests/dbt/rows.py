"""Rows as comparable text: exact decimals and instants, lists as JSON with sorted keys."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.dbt.warehouses import Warehouse


def rows_of(warehouse: Warehouse, relation: str) -> Counter[str]:
    """All rows of `schema.table` with their number, each as JSON of its columns by name."""
    names = warehouse.columns(relation)
    listed = ", ".join(f'"{name}"' for name in names)
    return Counter(
        json.dumps(dict(zip(names, map(_plain, row), strict=True)), sort_keys=True)
        for row in warehouse.query(f"select {listed} from {relation}")
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
        return {name: _plain(item) for name, item in value.items()}
    return value
