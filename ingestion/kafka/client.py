"""The connection to the broker, and what it says of topics. Offsets live in our manifest."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from ingestion.errors import AffiliateError, ConfigurationError
from ingestion.servers import Kafka

#: librdkafka's own lines; they name brokers, never messages.
client_logger = logging.getLogger("ingestion.kafka.librdkafka")

SECONDS = 10.0
OURS = {
    # required by the client, though nothing is ever committed under it
    "group.id": "affiliate-data-platform",
    "enable.auto.commit": "false",
    # a position that expired must be loud, not jump to what is left
    "auto.offset.reset": "error",
    "isolation.level": "read_committed",
    "enable.partition.eof": "true",
    # 1000 by default: a full queue would pause fetching for a second
    "fetch.queue.backoff.ms": "20",
    # an empty partition says that it is at its end only after this wait
    "fetch.wait.max.ms": "20",
}
#: Ours unless the settings say otherwise: fewer attempts, and lines in the log, while it is down.
DEFAULTS = {"reconnect.backoff.ms": "1000"}


@dataclass(frozen=True)
class Topic:
    """A topic as the broker has it now."""

    id: str
    partitions: tuple[int, ...]


@contextmanager
def open_consumer(kafka: Kafka) -> Iterator[Consumer]:
    """A consumer that reached its broker.

    Raises:
        ConfigurationError: the broker is unreachable or refuses the login, or a setting is unknown.
    """
    try:
        consumer = Consumer({**DEFAULTS, **kafka.config, **OURS}, logger=client_logger)
    except (KafkaException, TypeError, ValueError):
        # the original text repeats the setting's value
        raise ConfigurationError(
            "librdkafka refuses a setting: check the variables AFFILIATE_KAFKA_…"
        ) from None
    try:
        consumer.list_topics(timeout=SECONDS)
        yield consumer
    except KafkaException as error:
        raise _failed(error) from None
    finally:
        consumer.close()


def describe(kafka: Kafka, names: Sequence[str]) -> dict[str, Topic]:
    """Ids and partitions of those topics that exist."""
    admin = AdminClient(dict(kafka.config), logger=client_logger)
    answers = admin.describe_topics(TopicCollection(list(names)), request_timeout=SECONDS)
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


def earliest(consumer: Consumer, topic: str, partition: int) -> int:
    """First offset the broker still has. Its last one is not asked for: Tansu's is wrong."""
    low, _ = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=SECONDS)
    return int(low)


def _failed(error: KafkaException) -> AffiliateError:
    cause = error.args[0]
    if cause.code() in (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE):
        return ConfigurationError(
            "the Kafka broker is unreachable or refuses the login: check "
            "AFFILIATE_KAFKA_BOOTSTRAP and the other AFFILIATE_KAFKA_ variables"
        )
    return AffiliateError(f"Kafka refused ({cause.name()}): nothing was landed")
