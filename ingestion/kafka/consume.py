"""Read all topics from given offsets to their ends, as tables of raw messages."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import cast

import pyarrow as pa
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from core.errors import AffiliateError
from ingestion.kafka.columns import record_batch

#: Topic and partition.
Partition = tuple[str, int]

#: Approximate number of messages and bytes per table.
GROUP_ROWS, GROUP_BYTES = 40_000, 64 << 20
FIRST_FETCH, MOST_FETCH = 500, 10_000
POLL_SECONDS = 0.1
#: Timeout for partitions that neither deliver nor report their end; Tansu does so beyond the end.
SILENCE_SECONDS = 30.0


def consume(
    consumer: Consumer, starts: dict[Partition, int], ends: dict[Partition, int]
) -> Iterator[tuple[str, pa.Table]]:
    """Read every partition from its start offset to its end.

    Args:
        consumer: Connected consumer; its assignment is replaced.
        starts: First offset to read, per partition.
        ends: Filled with the start offset of the next run, per partition. Control records and
            compacted messages in between are not missing.

    Yields:
        Topic and messages with the columns of `columns.SCHEMA`; tables have a limited size.

    Raises:
        AffiliateError: a start offset is beyond the end, or the broker stopped responding.
    """
    waiting: dict[str, list[pa.RecordBatch]] = defaultdict(list)
    rows = size = 0
    for topic, messages in _runs(_fetches(consumer, starts, ends)):
        batch = record_batch(topic, messages)
        waiting[topic].append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield from _tables(waiting)
            rows = size = 0
    yield from _tables(waiting)


def _tables(waiting: dict[str, list[pa.RecordBatch]]) -> Iterator[tuple[str, pa.Table]]:
    for topic in list(waiting):
        yield topic, pa.Table.from_batches(waiting.pop(topic))


def _runs(fetches: Iterator[list[Message]]) -> Iterator[tuple[str, list[Message]]]:
    """Split each fetch by topic."""
    for messages in fetches:
        if len(topics := {message.topic() for message in messages}) == 1:
            yield cast(str, topics.pop()), messages
        else:
            by_topic = sorted(messages, key=_topic)
            yield from ((topic, list(run)) for topic, run in groupby(by_topic, _topic))


def _fetches(
    consumer: Consumer, starts: dict[Partition, int], ends: dict[Partition, int]
) -> Iterator[list[Message]]:
    """Yield fetched messages until every partition has reached its end; fills `ends`."""
    consumer.assign([TopicPartition(*place, offset) for place, offset in starts.items()])
    with _rare_collections():
        yield from _until_the_ends(consumer, starts, ends)


def _until_the_ends(
    consumer: Consumer, starts: dict[Partition, int], ends: dict[Partition, int]
) -> Iterator[list[Message]]:
    size, heard = FIRST_FETCH, time.monotonic()
    while len(ends) < len(starts):
        fetched = consumer.consume(size, POLL_SECONDS)
        signals = [message for message in fetched if message.error() is not None]
        ended = _ended(signals) if signals else {}
        fresh = {place: offset for place, offset in ended.items() if place not in ends}
        if fresh:
            consumer.incremental_unassign([TopicPartition(*place) for place in fresh])
            ends.update(fresh)
        messages = [m for m in fetched if m.error() is None] if signals else fetched
        # messages after the end belong to the next run
        if not {number for _, number in ends}.isdisjoint(map(Message.partition, messages)):
            messages = [m for m in messages if not _is_beyond(m, ends)]
        if messages or fresh:
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENCE_SECONDS:
            topic, partition = next(place for place in starts if place not in ends)
            raise AffiliateError(
                f"topic {topic}, partition {partition}: no messages arrive at the offset in the "
                "manifest; check the broker and whether records of the topic were deleted"
            )
        if messages:
            yield messages
            average = sum(map(len, messages)) // len(messages) + 1
            size = max(1, min(MOST_FETCH, GROUP_BYTES // average))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Collect garbage less often: messages are many and never part of a cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(10 * MOST_FETCH, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _ended(signals: list[Message]) -> dict[Partition, int]:
    """Return the partitions that reached their end, with the end offset."""
    ended: dict[Partition, int] = {}
    for message in signals:
        error = cast(KafkaError, message.error())
        if error.code() == KafkaError._PARTITION_EOF:
            place, offset = partition_and_offset(message)
            ended.setdefault(place, offset)
        elif error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
            raise AffiliateError(
                f"topic {message.topic()}, partition {message.partition()}: the offset in the "
                "manifest no longer exists in the topic: messages expired unread or were deleted"
            )
        # the group is optional, so a missing permission on it is not an error
        elif not error.retriable() and error.code() != KafkaError.GROUP_AUTHORIZATION_FAILED:
            where = f"topic {message.topic()}" if message.topic() else "Kafka"
            raise AffiliateError(f"{where}: reading failed ({error.name()})")
    return ended


def _is_beyond(message: Message, ends: dict[Partition, int]) -> bool:
    place, offset = partition_and_offset(message)
    return place in ends and offset >= ends[place]


def partition_and_offset(message: Message) -> tuple[Partition, int]:
    """Return partition and offset of a message; they are never None in fetched messages."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    return (cast(str, topic), cast(int, partition)), cast(int, offset)


def _topic(message: Message) -> str:
    return cast(str, message.topic())
