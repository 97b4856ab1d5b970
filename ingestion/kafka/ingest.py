"""Ingest all topics: read them to their ends, validate the messages and land them as one batch."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition

from contracts.topics import TOPICS, TopicSpec
from ingestion.kafka import positions
from ingestion.kafka.background import in_background
from ingestion.kafka.broker import Kafka
from ingestion.kafka.client import SECONDS, Connection, Topic, connect
from ingestion.kafka.consume import Partition, consume
from ingestion.kafka.lag import end_offset
from ingestion.kafka.message_validator import MessageValidator
from ingestion.kafka.registry import open_registry
from ingestion.landing import Batch, Counts, DatasetReport, LandingZone, Position
from ingestion.landing.exclusion import Exclusion

logger = logging.getLogger(__name__)

SOURCE = "kafka"
QUARANTINE = f"quarantine/{SOURCE}"

Progress = Callable[[str, int], None]


def ingest(
    kafka: Kafka,
    zone: LandingZone,
    topics: Sequence[TopicSpec] = TOPICS,
    *,
    progress: Progress | None = None,
) -> list[DatasetReport]:
    """Land or quarantine all messages since the last run, except those of erased customers.

    Args:
        kafka: Settings of the broker.
        zone: Landing zone; its manifest has the start offsets.
        topics: Contracts of the topics to read. A topic that does not exist yet is empty.
        progress: Called with dataset and messages so far.

    Returns:
        One report per topic. When no position moved, no manifest entry is made.

    Raises:
        ConfigurationError: the broker or the Schema Registry is unreachable or rejects the login.
        AffiliateError: messages expired unread, or a topic is gone or was recreated; nothing is
            landed.
        ConcurrentRunError: another run landed the same topics at the same time.
    """
    registry = open_registry(kafka.registry)
    with zone.batch(SOURCE) as batch, connect(kafka) as connection:
        found = connection.describe([topic.name for topic in topics])
        starts = _starts(connection, kafka, batch, topics, found)
        ends: dict[Partition, int] = {}
        aside = batch.stage(QUARANTINE, "quarantine")
        with MessageValidator(aside, registry, exclusion=Exclusion.of(zone)) as validator:
            for topic in topics:
                validator.open(topic, batch.stage(topic.dataset))
            tables = consume(connection.consumer, starts, ends)
            in_background(_with_progress(tables, progress), validator.sort)
        for topic in topics:
            if topic.name in found:
                position = positions.after(found[topic.name], _of(topic, ends))
                # advance over aborted messages, too: they would look like a gap once they expire
                batch.record(topic.dataset, _counts(topic, validator), position, moves=True)
        entry = batch.commit()
        if entry is not None:
            _commit_group_offsets(connection, ends)
        lag = {p: end_offset(connection.consumer, p, end) - end for p, end in ends.items()}
    landed = zone.latest.positions if zone.latest else {}
    number = entry.number if entry else None
    return [
        _report(topic, found, validator, landed.get(topic.dataset, {}), _of(topic, lag), number)
        for topic in topics
    ]


def _starts(
    connection: Connection,
    kafka: Kafka,
    batch: Batch,
    topics: Sequence[TopicSpec],
    found: dict[str, Topic],
) -> dict[Partition, int]:
    """Where to begin, per partition of the topics that exist."""
    known = {
        topic.name: positions.known(
            topic.name,
            found.get(topic.name),
            batch.position(topic.dataset),
            may_be_recreated=kafka.is_embedded,
        )
        for topic in topics
    }
    places = [(name, partition) for name in found for partition in found[name].partitions]
    low = connection.earliest(places)
    return {
        (name, partition): offset
        for name in found
        for partition, offset in positions.starts(
            name, known[name], {p: low[name, p] for p in found[name].partitions}
        ).items()
    }


def _with_progress(
    tables: Iterable[tuple[str, pa.Table]], progress: Progress | None
) -> Iterable[tuple[str, pa.Table]]:
    """The tables, each reported as it passes."""
    rows: Counter[str] = Counter()
    for name, table in tables:
        rows[name] += len(table)
        if progress:
            progress(f"events/{name}", rows[name])
        yield name, table


def _commit_group_offsets(connection: Connection, ends: dict[Partition, int]) -> None:
    """Commit the offsets for the consumer group, where lag monitors read them."""
    places = [TopicPartition(*place, end) for place, end in ends.items()]
    offsets = ConsumerGroupTopicPartitions(connection.group, places)
    try:
        # without permission on the group, the consumer's own commit would retry for 45 s
        answers = connection.admin.alter_consumer_group_offsets([offsets], request_timeout=SECONDS)
        answers[connection.group].result()
    except KafkaException as error:
        logger.warning(
            "group offsets, which lag monitors read, were not committed (%s)", error.args[0].name()
        )


def _of(topic: TopicSpec, places: dict[Partition, int]) -> dict[int, int]:
    return {partition: number for (name, partition), number in places.items() if name == topic.name}


def _counts(topic: TopicSpec, validator: MessageValidator) -> Counts:
    good, bad = validator.good[topic.name], validator.bad[topic.name].total()
    erased = validator.erased[topic.name]
    return Counts(
        "events",
        good + bad + erased,
        rows_landed=good,
        rows_quarantined=bad,
        rows_erased=erased,
    )


def _report(
    topic: TopicSpec,
    found: dict[str, Topic],
    validator: MessageValidator,
    position: Position,
    lag: dict[int, int],
    number: int | None,
) -> DatasetReport:
    if topic.name not in found:
        line = f"topic {topic.name} does not exist yet"
        logger.warning("%s", line)
        return DatasetReport(topic.dataset, Counts("events"), position, warnings=(line,))
    counts, bad = _counts(topic, validator), dict(validator.bad[topic.name])
    return DatasetReport(topic.dataset, counts, position, number, quarantined=bad, lag=lag)
