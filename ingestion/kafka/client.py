"""The connection to the broker, and what it says of topics. Offsets live in our manifest."""

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
#: librdkafka's own lines; they name brokers, never messages.
client_logger = logging.getLogger("ingestion.kafka.librdkafka")

SECONDS = 10.0
#: The first question gets lost when it races the connection; each next one may take twice as long.
#: Between them librdkafka tells whether the broker refuses us.
FIRST_LOOK_SECONDS = 0.1
#: That nothing is lost or read twice depends on these; settings do not change them.
OURS = {
    "enable.auto.commit": "false",
    "enable.auto.offset.store": "false",
    # a position that expired must be loud, not jump to what is left
    "auto.offset.reset": "error",
    "isolation.level": "read_committed",
    "enable.partition.eof": "true",
    "allow.auto.create.topics": "false",
}
#: Ours unless the settings say otherwise.
DEFAULTS = {
    # offsets are committed under it for lag monitors, and never read back
    "group.id": "affiliate-data-platform",
    # 1000 by default: a full queue would pause fetching for a second
    "fetch.queue.backoff.ms": "20",
    # an empty partition says that it is at its end only after this wait
    "fetch.wait.max.ms": "20",
    # a broker may hold a message of any size, and hands it out alone: none may block the topic
    "receive.message.max.bytes": "2147483647",
}
#: Of both clients; fewer attempts, and lines in the log, while the broker is down.
COMMON = {"reconnect.backoff.ms": "1000"}


@dataclass(frozen=True)
class Topic:
    """A topic as the broker has it now."""

    id: str
    partitions: tuple[int, ...]


@dataclass(frozen=True)
class Connection:
    """Both of librdkafka's clients, logged in.

    Attributes:
        consumer: Reads; it is assigned its partitions, and joins no group.
        admin: Asks and tells everything else.
        group: The group that lag monitors look at.
    """

    consumer: Consumer
    admin: AdminClient
    group: str

    def describe(self, names: Sequence[str]) -> dict[str, Topic]:
        """Ids and partitions of those topics that exist."""
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
        """First offset that the broker still has. The last is not asked for: Tansu's is wrong."""
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
    """Clients that reached their broker.

    Args:
        kafka: The broker.
        quick: Settings of this consumer alone, dots as underscores.

    Raises:
        ConfigurationError: the broker is unreachable or refuses the login, or a setting is unknown.
        AffiliateError: it refuses what is asked of it.
    """
    connection_errors = ConnectionErrors()
    # an empty variable is an unset one; an empty group would even kill the process
    common = {**COMMON, **{name: value for name, value in kafka.config.items() if value}}
    special = {name.replace("_", "."): value for name, value in quick.items()}
    callbacks: dict[str, Any] = {"error_cb": connection_errors.note, "logger": client_logger}
    for name in sorted(OURS.keys() & kafka.config.keys()):
        logger.warning("AFFILIATE_KAFKA_%s is not used", name.replace(".", "_").upper())
    try:
        consumer = Consumer({**DEFAULTS, **common, **special, **OURS, **callbacks})
    except (KafkaException, TypeError, ValueError):
        # the original text repeats the setting's value
        raise ConfigurationError(
            "librdkafka refuses a setting: check the variables AFFILIATE_KAFKA_…"
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
    """Waits for the broker, no longer than until it refuses us."""
    deadline = time.monotonic() + SECONDS
    look = FIRST_LOOK_SECONDS
    while True:
        try:
            consumer.list_topics(timeout=look)
        except KafkaException:
            # librdkafka tells why only while it is polled
            consumer.poll(0)
            if connection_errors.are_final or time.monotonic() > deadline:
                raise
            look *= 2
        else:
            return
