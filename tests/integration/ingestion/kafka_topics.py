"""A real broker of a test: its topics, and events for them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from ingestion.kafka.broker import Kafka
from ingestion.landing import DatasetReport

FUNNEL, VISITS = "sales.funnel", "storefront.visits"
PARTITIONS = 3


def deal(number: int) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"e-{number}",
            "source": "/crm",
            "type": "DealOpened",
            "time": "2026-03-01T10:20:30Z",
            "affiliateid": 1,
            "data": {"deal_id": f"d-{number}"},
        }
    ).encode()


class Broker:
    """Topics and messages of a test."""

    def __init__(self, bootstrap: str) -> None:
        self.kafka = Kafka({"bootstrap.servers": bootstrap}, is_embedded=True)
        self.admin = AdminClient(dict(self.kafka.config))

    def create(self, *topics: str) -> None:
        new = [NewTopic(topic, PARTITIONS, 1) for topic in topics]
        for done in self.admin.create_topics(new).values():
            done.result()

    def send(
        self,
        topic: str,
        *values: bytes | None,
        key: bytes | None = None,
        headers: Sequence[tuple[str, bytes | None]] = (("n", b"\x00"),),
    ) -> None:
        producer = Producer({**self.kafka.config, "message.max.bytes": 20_000_000})
        for place, value in enumerate(values):
            producer.produce(topic, value, key, partition=place % PARTITIONS, headers=list(headers))
        assert producer.flush(30) == 0

    def forget(self, topic: str) -> None:
        for done in self.admin.delete_topics([topic]).values():
            done.result()


def report_of(reports: list[DatasetReport], dataset: str) -> DatasetReport:
    return next(report for report in reports if report.dataset == dataset)
