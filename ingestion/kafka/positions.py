"""Start offsets of each partition, and checks that no unread messages were lost."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from core.errors import AffiliateError
from ingestion.kafka.client import Topic
from ingestion.landing import Position

logger = logging.getLogger(__name__)


def known(
    name: str, topic: Topic | None, previous: Position | None, *, may_be_recreated: bool
) -> dict[int, int]:
    """Return the next offset to read per partition, as stored in the manifest.

    Args:
        name: Name of the topic.
        topic: The topic as the broker has it; None if it has none of that name.
        previous: Position in the manifest; None if the topic was never read.
        may_be_recreated: The broker keeps messages in memory: a new topic under an old name is
            read from its beginning, and a topic may be missing, instead of being refused.

    Raises:
        AffiliateError: the topic was recreated, or is gone.
    """
    if previous is None:
        return {}
    if topic is not None and previous["topic_id"] == topic.id:
        return {int(partition): end for partition, end in previous["partitions"].items()}
    if may_be_recreated and topic is None:
        return {}
    if may_be_recreated:
        logger.warning("topic %s was recreated: it is read from its beginning", name)
        return {}
    if topic is None:
        raise AffiliateError(
            f"topic {name} was read before and does not exist any more: restore it, or land into a "
            "new AFFILIATE_HOME"
        )
    raise AffiliateError(
        f"topic {name} was deleted and created again: what it holds now cannot be told from what "
        "was read; restore it, or land into a new AFFILIATE_HOME"
    )


def starts(name: str, known: Mapping[int, int], earliest: Mapping[int, int]) -> dict[int, int]:
    """Return the first offset to read per partition.

    A new topic starts at its earliest offsets, a new partition of a known topic at 0.

    Args:
        name: Name of the topic.
        known: Next offset to read, of the partitions that were read.
        earliest: First offset that the broker still has, of every partition.

    Raises:
        AffiliateError: messages expired before they were read.
    """
    first = {}
    for partition, low in earliest.items():
        first[partition] = known.get(partition, 0 if known else low)
        if first[partition] < low:
            raise AffiliateError(
                f"topic {name}, partition {partition}: offsets {first[partition]} to {low - 1} "
                "expired before they were read and are lost; lengthen the topic's retention"
            )
    return first


def after(topic: Topic, ends: Mapping[int, int]) -> Position:
    """Return the position of a topic that was read up to `ends`, for the manifest."""
    return {"topic_id": topic.id, "partitions": {str(p): end for p, end in sorted(ends.items())}}
