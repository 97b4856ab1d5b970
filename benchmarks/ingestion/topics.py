"""Messages to read: valid events of the storefront's contract, about 300 bytes each."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

PARTITIONS = 3
#: The contract of this topic fits any topic's name.
TYPE = "ProductVisited"
FLUSH_SECONDS = 120.0
START = datetime(2026, 1, 1, tzinfo=UTC)


def fill(bootstrap: str, topic: str, messages: int) -> int:
    """Creates a topic with that many events and returns the bytes of all values.

    Raises:
        SystemExit: the broker did not take all of them.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, num_partitions=PARTITIONS)])[topic].result()
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "linger.ms": 50,
            "queue.buffering.max.messages": 500_000,
            "queue.buffering.max.kbytes": 262_144,
            "batch.num.messages": 5_000,
        }
    )
    size = 0
    for number in range(messages):
        value = event(number)
        size += len(value)
        while True:
            try:
                producer.produce(topic, value, str(number % 50_000), partition=number % PARTITIONS)
                break
            except BufferError:
                producer.poll(0.1)
    if left := producer.flush(FLUSH_SECONDS):
        raise SystemExit(f"the broker did not take {left} messages")
    return size


def event(number: int) -> bytes:
    """A ProductVisited event, structured mode."""
    document = {
        "specversion": "1.0",
        "id": f"{number:08x}-5f1c-4a7e-9d21-{number * 7919 % 0xFFFFFFFFFFFF:012x}",
        "source": "/storefront/web",
        "type": TYPE,
        "time": (START + timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
        "affiliateid": 1 + number % 20,
        "data": {
            "affiliate_customer_id": 1 + number % 50_000,
            "product_id": 1 + number * 31 % 900,
            "session_id": f"s-{number // 7:010d}",
            "channel": ("web", "app", "marketplace")[number % 3],
        },
    }
    return json.dumps(document).encode()
