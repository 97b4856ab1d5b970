"""Connect to the broker and describe topics. The manifest stores the offsets, not the broker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    OffsetSpec,
)

from core.errors import ConfigurationError
from ingestion.kafka.broker import Kafka
from ingestion.kafka.connection_errors import ConnectionErrors, refused

logger = logging.getLogger(__name__)
#: Log lines of librdkafka, which name brokers but never contain messages.
client_logger = logging.getLogger("ingestion.kafka.librdkafka")

SECONDS = 10.0
#: Timeout of the first metadata request, which is lost if it races the connection. Each retry
#: doubles it; between retries, librdkafka reports rejected logins.
FIRST_REQUEST_SECONDS = 0.1
#: Settings that exactly-once landing depends on; users cannot override them.
FIXED = {
    "enable.auto.commit": "false",
    "enable.auto.offset.store": "false",
    # an expired offset must raise an error instead of skipping messages
    "auto.offset.reset": "error",
    "isolation.level": "read_committed",
    "enable.partition.eof": "true",
    "allow.auto.create.topics": "false",
}
#: Defaults that users can override.
DEFAULTS = {
    # offsets are committed for this group, for lag monitors only; they are never read
    "group.id": "affiliate-data-platform",
    # with librdkafka's default of 1000, a full queue pauses fetching for a second
    "fetch.queue.backoff.ms": "20",
    # the end of an empty partition is reported only after this wait
    "fetch.wait.max.ms": "20",
    # a very large message must not block the topic
    "receive.message.max.bytes": "2147483647",
}
#: For both clients: fewer attempts and log lines while the broker is down.
COMMON = {"reconnect.backoff.ms": "1000"}


@dataclass(frozen=True)
class Topic:
    """ID and partitions of a topic on the broker."""

    id: str
    partitions: tuple[int, ...]


@dataclass(frozen=True)
class Connection:
    """Connected consumer and admin client.

    Attributes:
        consumer: Reads messages; partitions are assigned, it does not join a group.
        admin: Describes topics and commits group offsets.
        group: Consumer group that lag monitors read.
    """

    consumer: Consumer
    admin: AdminClient
    group: str

    def describe(self, names: Sequence[str]) -> dict[str, Topic]:
        """Describe those topics that exist."""
        answers = self.admin.describe_topics(TopicCollection(list(names)), request_timeout=SECONDS)
        found = {}
        for name, answer in answers.items():
            try:
                topic = answer.result()
            except KafkaException as error:
                if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                    continue
                raise
            partitions = tuple(sorted(partition.id for partition in topic.partitions))
            found[name] = Topic(str(topic.topic_id), partitions)
        return found

    def earliest(self, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """Return the earliest offset of each partition; Tansu reports wrong latest offsets."""
        if not places:
            return {}
        first = OffsetSpec.earliest()  # type: ignore[no-untyped-call]
        asked = {TopicPartition(*place): first for place in places}
        answers = self.admin.list_offsets(
            asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=SECONDS
        )
        return {(p.topic, p.partition): int(a.result().offset) for p, a in answers.items()}


@contextmanager
def connect(kafka: Kafka, **quick: str) -> Iterator[Connection]:
    """Connect to a broker.

    Args:
        kafka: Connection settings.
        quick: Additional settings of the consumer, with underscores instead of dots.

    Raises:
        ConfigurationError: the broker is unreachable or rejects the login, or a setting is invalid.
        AffiliateError: the broker rejects a request.
    """
    connection_errors = ConnectionErrors()
    # treat empty variables as unset; an empty group would crash the process
    common = {**COMMON, **{name: value for name, value in kafka.config.items() if value}}
    special = {name.replace("_", "."): value for name, value in quick.items()}
    callbacks: dict[str, Any] = {"error_cb": connection_errors.note, "logger": client_logger}
    for name in sorted(FIXED.keys() & kafka.config.keys()):
        logger.warning("AFFILIATE_KAFKA_%s is not used", name.replace(".", "_").upper())
    try:
        consumer = Consumer({**DEFAULTS, **common, **special, **FIXED, **callbacks})
    except (KafkaException, TypeError, ValueError):
        # the original text contains the value of the setting
        raise ConfigurationError(
            "librdkafka rejects a setting: check the variables AFFILIATE_KAFKA_…"
        ) from None
    try:
        _wait_for_broker(consumer, connection_errors)
        group = {**DEFAULTS, **common}["group.id"]
        yield Connection(consumer, AdminClient({**common, **callbacks}), group)
    except KafkaException as error:
        raise refused(error.args[0], connection_errors) from None
    finally:
        consumer.close()


def _wait_for_broker(consumer: Consumer, connection_errors: ConnectionErrors) -> None:
    """Wait until the broker answers, rejects the connection or the timeout passes."""
    deadline = time.monotonic() + SECONDS
    timeout = FIRST_REQUEST_SECONDS
    while True:
        try:
            consumer.list_topics(timeout=timeout)
        except KafkaException:
            # librdkafka reports errors only while it is polled
            consumer.poll(0)
            if connection_errors.are_final or time.monotonic() > deadline:
                raise
            timeout *= 2
        else:
            return
