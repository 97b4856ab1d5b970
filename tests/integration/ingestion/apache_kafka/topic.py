"""A topic of one test, and what its producers do to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import uuid4

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from contracts.topics import TOPICS, TopicSpec
from ingestion.kafka.broker import Kafka
from tests.integration.ingestion.kafka_topics import FUNNEL, deal

SECONDS = 30.0
#: More messages than a run holds in memory: it writes to its file before it has read them all.
MANY = 130_000


class Topic:
    """A fresh topic under the contract of the sales funnel.

    Args:
        bootstrap: The broker's address.
        partitions: How many.
        config: The topic's settings.

    Attributes:
        kafka: How the platform reaches the broker.
        spec: The contract.
    """

    def __init__(self, bootstrap: str, partitions: int = 1, **config: str) -> None:
        self.kafka = Kafka({"bootstrap.servers": bootstrap}, is_embedded=False)
        funnel = next(topic for topic in TOPICS if topic.name == FUNNEL)
        self.spec: TopicSpec = replace(funnel, name=f"funnel-{uuid4().hex[:8]}")
        self.name = self.spec.name
        self._admin = AdminClient({"bootstrap.servers": bootstrap})
        self._producer: Producer | None = None
        self.create(partitions, **config)

    @property
    def sipped(self) -> Kafka:
        """The same broker, from which a consumer fetches little ahead of what it gives out."""
        little = {
            "queued.min.messages": "1",
            "queued.max.messages.kbytes": "1024",
            # of batches, which are compressed
            "fetch.message.max.bytes": "50000",
        }
        return replace(self.kafka, config={**self.kafka.config, **little})

    def create(self, partitions: int = 1, **config: str) -> None:
        """Creates the topic, again if need be; `segment_ms` stands for `segment.ms`."""
        settings = {name.replace("_", "."): value for name, value in config.items()}
        new = NewTopic(self.name, partitions, 1, config=settings)
        until(lambda: self._created(new), "the topic is created")

    def delete(self) -> None:
        """Deletes it, with all it holds."""
        self._admin.delete_topics([self.name])[self.name].result()
        until(lambda: self.name not in self._admin.list_topics().topics, "the topic is gone")

    def widen(self, partitions: int) -> None:
        """Adds partitions, up to this number."""
        self._admin.create_partitions([NewPartitions(self.name, partitions)])[self.name].result()
        # the next one sees them at once
        self._producer = None

    def configure(self, name: str, value: str) -> None:
        """Changes one setting of the topic."""
        change = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, self.name, incremental_configs=[change])
        (done,) = self._admin.incremental_alter_configs([resource]).values()
        done.result()
        until(lambda: self._setting(name) == value, "the setting is in force")

    def producer(self, **config: str | int) -> Producer:
        """A producer; `transactional_id` stands for `transactional.id`."""
        settings = {name.replace("_", "."): value for name, value in config.items()}
        return Producer({**self.kafka.config, "linger.ms": 5, **settings})

    def send(
        self,
        numbers: Iterable[int],
        *,
        partition: int = 0,
        producer: Producer | None = None,
        key: str | None = None,
    ) -> None:
        """Sends one deal per number and waits until the broker has them all."""
        self.send_values(map(deal, numbers), partition=partition, producer=producer, key=key)

    def send_values(
        self,
        values: Iterable[bytes],
        *,
        partition: int = 0,
        producer: Producer | None = None,
        key: str | None = None,
    ) -> None:
        """Sends messages and waits until the broker has them all."""
        if producer is None:
            self._producer = self._producer or self.producer(
                message_max_bytes=20_000_000, compression_type="lz4"
            )
            producer = self._producer
        for value in values:
            while True:
                try:
                    producer.produce(self.name, value, key, partition=partition)
                    break
                except BufferError:
                    producer.poll(0.1)
        assert producer.flush(SECONDS) == 0

    def transaction(self, name: str = "t", **config: str | int) -> Producer:
        """A producer in an open transaction."""
        producer = self.producer(transactional_id=f"{self.name}-{name}", **config)
        producer.init_transactions(SECONDS)
        producer.begin_transaction()
        return producer

    def cut(self, before: int, *, partition: int = 0) -> None:
        """Deletes all records before an offset."""
        place = TopicPartition(self.name, partition, before)
        (done,) = self._admin.delete_records([place]).values()
        done.result()

    def expire(self) -> None:
        """Lets retention delete every segment, and waits until it did."""
        self.configure("retention.ms", "1")
        until(self._is_empty, "retention deleted all")
        self.configure("retention.ms", "-1")

    def offsets(self, partition: int = 0) -> tuple[int, int]:
        """First offset, and the one after the last that a committed read sees."""
        with self._consumer() as consumer:
            low, high = consumer.get_watermark_offsets(
                TopicPartition(self.name, partition), timeout=SECONDS
            )
        return low, high

    def stored(self, partition: int = 0) -> list[int]:
        """Offsets that the broker still gives out, by the client alone."""
        with self._consumer() as consumer:
            consumer.assign([TopicPartition(self.name, partition, 0)])
            found: list[int] = []
            while True:
                for message in consumer.consume(10_000, 0.1):
                    error = message.error()
                    if error is None:
                        found.append(message.offset() or 0)
                    elif error.code() == KafkaError._PARTITION_EOF:
                        return found
                    else:
                        raise KafkaException(error)

    def _consumer(self) -> Consumer:
        return Consumer(
            {
                **self.kafka.config,
                "group.id": "test",
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
            }
        )

    def _setting(self, name: str) -> str:
        (done,) = self._admin.describe_configs(
            [ConfigResource(ResourceType.TOPIC, self.name)]
        ).values()
        return str(done.result()[name].value)

    def _is_empty(self) -> bool:
        low, high = self.offsets()
        return low == high

    def _created(self, new: NewTopic) -> bool:
        """A topic that is being deleted is still in the way for a moment."""
        try:
            self._admin.create_topics([new])[self.name].result()
        except KafkaException as error:
            if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
                return False
            raise
        return True


def until(condition: Callable[[], bool], what: str) -> None:
    """Waits for what a server does in its own time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {SECONDS:.0f} s"
        time.sleep(0.05)
