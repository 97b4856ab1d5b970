"""Where to start reading each partition, and every reason why that is not safe."""

from __future__ import annotations

import logging

from confluent_kafka import Consumer

from ingestion.errors import AffiliateError
from ingestion.kafka.client import Topic, earliest
from ingestion.landing import Position

logger = logging.getLogger(__name__)


def starts(
    consumer: Consumer,
    name: str,
    topic: Topic,
    previous: Position | None,
    *,
    may_be_recreated: bool,
) -> dict[int, int]:
    """First offset to read per partition; a partition never read begins at its earliest one.

    Args:
        consumer: Connected to the broker.
        name: Name of the topic.
        topic: The topic as it is now.
        previous: Position in the manifest; None if the topic was never read.
        may_be_recreated: The broker keeps messages in memory: a new topic under an old name is
            read from its beginning, instead of being refused.

    Raises:
        AffiliateError: the topic was recreated, or messages expired before they were read.
    """
    known: dict[int, int] = {}
    if previous is not None and previous["topic_id"] == topic.id:
        known = {int(partition): end for partition, end in previous["partitions"].items()}
    elif previous is not None and may_be_recreated:
        logger.warning("topic %s was recreated: it is read from its beginning", name)
    elif previous is not None:
        raise AffiliateError(
            f"topic {name} was deleted and created again: what it holds now cannot be told from "
            "what was read; restore it, or land into a new AFFILIATE_HOME"
        )
    first = {}
    for partition in topic.partitions:
        low = earliest(consumer, name, partition)
        first[partition] = known.get(partition, low)
        if first[partition] < low:
            raise AffiliateError(
                f"topic {name}, partition {partition}: offsets {first[partition]} to {low - 1} "
                "expired before they were read and are lost; lengthen the topic's retention"
            )
    return first


def after(topic: Topic, ends: dict[int, int]) -> Position:
    """What the manifest keeps of a topic that was read up to `ends`."""
    return {"topic_id": topic.id, "partitions": {str(p): end for p, end in sorted(ends.items())}}
