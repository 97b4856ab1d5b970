"""All messages of a topic that a delivery has created."""

from __future__ import annotations

import json
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from activation.delivery.kafka import PARTITIONS

Message = tuple[str, dict[str, Any] | None]


def read(bootstrap: str, topic: str) -> list[Message]:
    """Keys and values, in the order of each key."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "t", "enable.partition.eof": True}
    )
    consumer.assign([TopicPartition(topic, p, 0) for p in range(PARTITIONS)])
    found: list[Message] = []
    ended: set[int | None] = set()
    try:
        while len(ended) < PARTITIONS:
            message = consumer.poll(10)
            assert message is not None
            if message.error():
                ended.add(message.partition())
            else:
                key, value = message.key(), message.value()
                assert isinstance(key, bytes)
                found.append((key.decode(), json.loads(value) if value else None))
    finally:
        consumer.close()
    return found
