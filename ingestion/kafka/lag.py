"""How many messages wait to be landed; cheap enough to be asked every minute."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from confluent_kafka import Consumer, KafkaError, TopicPartition

from contracts.topics import TOPICS, TopicSpec
from ingestion.kafka import positions
from ingestion.kafka.broker import Kafka
from ingestion.kafka.client import Connection, connect
from ingestion.kafka.consume import Partition, partition_and_offset
from ingestion.landing import LandingZone

SECONDS = 5.0


def lag(
    kafka: Kafka, zone: LandingZone, topics: Sequence[TopicSpec] = TOPICS
) -> dict[str, dict[int, int]]:
    """Messages beyond the manifest's positions, control records among them.

    Args:
        kafka: The broker.
        zone: Its manifest holds the positions.
        topics: Which ones to look at; those that do not exist are left out.

    Returns:
        Topic → partition → messages. A partition with an open transaction is at its end before it.

    Raises:
        ConfigurationError: the broker is unreachable or rejects the login.
        AffiliateError: a topic was recreated, or is gone.
    """
    previous = zone.latest.positions if zone.latest else {}
    # the first messages tell where the end is; no more of them are wanted
    with connect(kafka, queued_min_messages="1", fetch_message_max_bytes="65536") as connection:
        found = connection.describe([topic.name for topic in topics])
        known: dict[Partition, int] = {}
        for topic in topics:
            now, then = found.get(topic.name), previous.get(topic.dataset)
            ends = positions.known(topic.name, now, then, may_be_recreated=kafka.is_embedded)
            known |= {(topic.name, partition): end for partition, end in ends.items()}
        places = [(name, partition) for name in found for partition in found[name].partitions]
        waiting = _waiting(connection, places, known)
    return {
        name: {partition: waiting[name, partition] for partition in topic.partitions}
        for name, topic in found.items()
    }


def _waiting(
    connection: Connection, places: Sequence[Partition], known: Mapping[Partition, int]
) -> dict[Partition, int]:
    low = connection.earliest(places)
    starts = {place: max(low[place], known.get(place, 0)) for place in places}
    at_end = _probe(connection.consumer, starts)
    # messages that expired unread count too: the job they start says so
    return {
        place: 0
        if place in at_end
        else max(
            0, end_offset(connection.consumer, place, starts[place]) - known.get(place, low[place])
        )
        for place in places
    }


def end_offset(consumer: Consumer, place: Partition, default: int) -> int:
    """Offset after the last message, as the broker told it with the latest fetch.

    Asked for directly, Tansu's is wrong.
    """
    offsets = consumer.get_watermark_offsets(TopicPartition(*place), cached=True)
    return max(int(offsets[1]), default)


def _probe(consumer: Consumer, starts: Mapping[Partition, int]) -> set[Partition]:
    """Hears once of every partition; returns those that are at their end."""
    consumer.assign([TopicPartition(*place, offset) for place, offset in starts.items()])
    heard: set[Partition] = set()
    at_end: set[Partition] = set()
    deadline = time.monotonic() + SECONDS
    while len(heard) < len(starts) and time.monotonic() < deadline:
        for message in consumer.consume(500, 0.05):
            place, error = partition_and_offset(message)[0], message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                at_end |= {place} - heard
            heard |= starts.keys() & {place}
    return at_end
