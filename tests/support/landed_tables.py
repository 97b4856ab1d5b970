"""Landed rows of any table: valid rows, and rows that violate every error rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from contracts.tables import TABLES, TableSpec
from ingestion.landing import Counts, LandingZone, ManifestEntry, parquet

Row = dict[str, Any]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPECS = {spec.qualified: spec for spec in TABLES}
CUSTOMER = SPECS["affiliate.affiliate_customer"]
#: In every text of a bad row; no output may hold it.
MARKER = "zqx-marker"
#: A number that nothing else says.
NUMBER = 7_346_512_987

_TYPES = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "date": pa.date32(),
    "decimal(18,2)": pa.decimal128(18, 2),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}
_GOOD: Row = {
    "bigint": 1,
    "integer": 1,
    "boolean": True,
    "text": "word",
    "date": date(1990, 5, 17),
    "decimal(18,2)": Decimal("10.00"),
    "timestamptz": NOW - timedelta(days=1),
}
_GOOD_TEXTS = {
    "email": "someone@example.com",
    "phone": "+1 202 555 0100",
    "country": "BR",
    "currency": "USD",
    "postal_code": "01310-100",
    "time_zone": "America/Sao_Paulo",
    "slug": "shop",
    "sku": "SKU-1",
    "status": "active",
    "role": "owner",
}
_BAD: Row = {
    "text": MARKER,
    "date": date(1, 1, 1),
    "decimal(18,2)": Decimal(-NUMBER),
    "boolean": None,
}


def good_rows(spec: TableSpec, count: int, first: int = 1) -> list[Row]:
    texts = _GOOD_TEXTS | ({"status": "paid"} if spec.name == "order_header" else {})
    row = {
        name: texts.get(name, _GOOD[kind]) if kind == "text" else _GOOD[kind]
        for name, kind in spec.all_columns
    }
    row |= {"_op": "upsert", "_source": "oltp", "_issues": None}
    unique = (*spec.primary_key, *({"slug"} & set(row)))
    return [
        row | {name: f"shop-{i}" if name == "slug" else i for name in unique}
        for i in range(first, first + count)
    ]


def bad_rows(spec: TableSpec, count: int) -> list[Row]:
    """Nearly all values are wrong, the keys of the first three rows too."""
    bad = {column.name: _BAD[column.type] for column in spec.columns if column.type in _BAD}
    bad |= {"updated_at": None, "_issues": f"birth_date={MARKER}"}
    bad |= {"quantity": -5, "refunded_quantity": -1} if spec.name == "order_item" else {}
    rows = [row | bad for row in good_rows(spec, count, NUMBER)]
    # two thirds without the values that have to be there, the rest with wrong ones
    for row in rows[: count * 2 // 3]:
        row.update({name: None for name in ("slug", "tag", "unit_price") if name in row})
        row.update({name: None for name in ("affiliate_customer_id",) if name in row})
    key = spec.primary_key[0]
    rows[1][key] = rows[2][key]
    for name in (key, "affiliate_id", "order_id", "product_id", "quantity"):
        rows[0] |= {name: None} if name in rows[0] else {}
    return rows


def deletes(spec: TableSpec, keys: Sequence[int]) -> list[Row]:
    nothing = dict.fromkeys(name for name, _ in spec.all_columns)
    row = nothing | {"_op": "delete", "_source": "oltp", "_issues": None}
    return [row | {spec.primary_key[0]: key} for key in keys]


def land_rows(
    zone: LandingZone,
    spec: TableSpec,
    rows: Sequence[Row],
    *,
    mode: str = "full",
    source: str = "",
) -> ManifestEntry:
    """Lands rows as a reader does; `source` is the part of the dataset from `@` on."""
    kinds = dict(spec.all_columns) | dict.fromkeys(("_op", "_source", "_issues"), "text")
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in kinds.items()])
    dataset = f"oltp/{spec.qualified}{source}"
    deleted = sum(row["_op"] == "delete" for row in rows)
    with zone.batch("oltp") as batch:
        batched = pa.RecordBatch.from_pylist(list(rows), schema)
        parquet.write(batch.stage(dataset), schema, [batched])
        landed = len(rows) - deleted
        counts = Counts(mode, rows_read=landed, rows_landed=landed, rows_deleted=deleted)
        batch.record(dataset, counts, {"end": 1})
        entry = batch.commit()
    assert entry is not None
    return entry
