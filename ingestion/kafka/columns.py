"""Convert messages to Arrow columns without interpreting them."""

from __future__ import annotations

from typing import cast

import pyarrow as pa
from confluent_kafka import Message

SCHEMA = pa.schema(
    [
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("timestamp", pa.timestamp("ms", tz="UTC")),
        ("key", pa.binary()),
        ("value", pa.binary()),
        ("headers", pa.list_(pa.struct([("key", pa.string()), ("value", pa.binary())]))),
    ]
)


def record_batch(topic: str, messages: list[Message]) -> pa.RecordBatch:
    """Convert messages of one topic, in order, to the columns of `SCHEMA`."""
    size = len(messages)
    headers = list(map(Message.headers, messages))
    columns: list[list[object] | pa.Array] = [
        pa.repeat(pa.scalar(topic), size),
        list(map(Message.partition, messages)),
        list(map(Message.offset, messages)),
        [moment if kind else None for kind, moment in map(Message.timestamp, messages)],
        list(map(Message.key, messages)),
        list(map(Message.value, messages)),
        list(map(_pairs, headers))
        if any(headers)
        else pa.nulls(size, SCHEMA.field("headers").type),
    ]
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, field.type)
        for column, field in zip(columns, SCHEMA, strict=True)
    ]
    return pa.record_batch(arrays, schema=SCHEMA)


def _pairs(headers: object) -> list[dict[str, object]] | None:
    pairs = cast("list[tuple[str, bytes | None]] | None", headers)
    return [{"key": key, "value": value} for key, value in pairs] if pairs else None
