"""One topic, from given offsets to its end, into one Parquet file of raw bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pyarrow as pa
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from ingestion.errors import AffiliateError
from ingestion.landing import parquet

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
#: Messages and bytes held in memory at once, about.
GROUP_ROWS, GROUP_BYTES = 100_000, 64 << 20
FIRST_FETCH, MOST_FETCH = 500, 10_000
POLL_SECONDS = 0.1
#: A partition that neither delivers nor says it is at its end; Tansu is silent beyond the end.
SILENCE_SECONDS = 30.0


def consume(
    consumer: Consumer,
    topic: str,
    starts: dict[int, int],
    path: Path,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, dict[int, int]]:
    """Reads every partition from its start until its end was reached once.

    Args:
        consumer: Connected; its assignment is replaced.
        topic: Name of the topic.
        starts: First offset to read, per partition.
        path: The Parquet file to write; columns as in `SCHEMA`.
        progress: Called with the number of messages so far.

    Returns:
        Number of messages, and per partition the offset the next run starts at. Control records and
        compacted messages lie in between and are not missing.

    Raises:
        AffiliateError: a start is beyond the partition's end, or the broker fell silent.
    """
    ends: dict[int, int] = {}
    groups = _groups(_fetches(consumer, topic, starts, ends), topic)
    rows = 0
    with parquet.open_writer(path, SCHEMA) as writer:
        for group in groups:
            writer.write_batch(group)
            rows += group.num_rows
            if progress:
                progress(rows)
    return rows, ends


def _fetches(
    consumer: Consumer, topic: str, starts: dict[int, int], ends: dict[int, int]
) -> Iterator[list[Message]]:
    """Messages as they come; fills `ends` and stops when every partition reached its end."""
    consumer.assign([TopicPartition(topic, *start) for start in starts.items()])
    size, heard = FIRST_FETCH, time.monotonic()
    while len(ends) < len(starts):
        fetched = consumer.consume(size, POLL_SECONDS)
        ended = _ended(topic, fetched)
        if ended:
            consumer.incremental_unassign([TopicPartition(topic, p) for p in ended.keys() - ends])
        ends.update({p: end for p, end in ended.items() if p not in ends})
        messages = [message for message in fetched if message.error() is None]
        if ends:  # whatever came after the end belongs to the next run
            messages = [m for m in messages if not _is_beyond(m, ends)]
        if messages or ended:
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENCE_SECONDS:
            silent = sorted(set(starts) - set(ends))
            raise AffiliateError(
                f"topic {topic}: partitions {silent} answer nothing from the position in the "
                "manifest; see whether the broker is well and the topic was not cut"
            )
        if messages:
            yield messages
            average = sum(len(m.value() or b"") for m in messages) // len(messages) + 1
            size = max(1, min(MOST_FETCH, GROUP_BYTES // average))


def _ended(topic: str, fetched: list[Message]) -> dict[int, int]:
    """Partitions whose end is among what was fetched, with the offset of that end."""
    ended: dict[int, int] = {}
    for message in fetched:
        error = message.error()
        if error is None:
            continue
        if error.code() == KafkaError._PARTITION_EOF:
            partition, offset = _place(message)
            ended.setdefault(partition, offset)
        elif error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
            raise AffiliateError(
                f"topic {topic}, partition {message.partition()}: the position in the manifest is "
                "not in the topic any more: messages expired unread, or the topic was cut"
            )
        elif not error.retriable():
            raise AffiliateError(f"topic {topic}: reading failed ({error.name()})")
    return ended


def _place(message: Message) -> tuple[int, int]:
    """Partition and offset, which the client's types allow to be None and a broker does not."""
    return cast(int, message.partition()), cast(int, message.offset())


def _is_beyond(message: Message, ends: dict[int, int]) -> bool:
    partition, offset = _place(message)
    return partition in ends and offset >= ends[partition]


def _groups(fetches: Iterator[list[Message]], topic: str) -> Iterator[pa.RecordBatch]:
    """Messages as record batches of bounded size."""
    columns: list[list[object]] = [[] for _ in SCHEMA]
    size = 0
    for messages in fetches:
        values = [message.value() for message in messages]
        columns[1] += [message.partition() for message in messages]
        columns[2] += [message.offset() for message in messages]
        columns[3] += [_milliseconds(message) for message in messages]
        columns[4] += [message.key() for message in messages]
        columns[5] += values
        columns[6] += [_headers(message) for message in messages]
        size += sum(map(len, filter(None, values)))
        if len(columns[1]) >= GROUP_ROWS or size >= GROUP_BYTES:
            yield _record_batch(topic, columns)
            columns, size = [[] for _ in SCHEMA], 0
    if columns[1]:
        yield _record_batch(topic, columns)


def _record_batch(topic: str, columns: list[list[object]]) -> pa.RecordBatch:
    columns[0] = [topic] * len(columns[1])
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.record_batch(arrays, schema=SCHEMA)


def _milliseconds(message: Message) -> int | None:
    kind, moment = message.timestamp()
    return moment if kind else None


def _headers(message: Message) -> list[dict[str, object]] | None:
    headers = cast("list[tuple[str, bytes | None]] | None", message.headers())
    return [{"key": key, "value": value} for key, value in headers] if headers else None
