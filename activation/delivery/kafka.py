"""Rows as Kafka messages: the value is the newest state of a key, a tombstone removes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from confluent_kafka import KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import KafkaError, NewTopic

from activation.delivery.rows import Value
from core.errors import AffiliateError, ConfigurationError
from ingestion.kafka.broker import Kafka

Confirmed = Callable[["KafkaError | None", Message], None]
#: Key and value; a value of None is a tombstone.
Keyed = tuple[str, "bytes | None"]
#: No message is lost, duplicated or reordered; settings cannot override these.
OURS = {"enable.idempotence": "true", "acks": "all"}
DEFAULTS = {"linger.ms": "20", "message.timeout.ms": "60000", "log_level": "0"}
REACH_SECONDS, FLUSH_SECONDS, PARTITIONS = 10.0, 120.0, 3


def send(kafka: Kafka, topic: str, messages: Iterable[Keyed]) -> int:
    """Send messages in order and wait until the broker has confirmed all of them.

    Args:
        kafka: The broker.
        topic: Topic; created as a compacted topic if it does not exist.
        messages: Keys and values.

    Returns:
        Number of messages sent.

    Raises:
        ConfigurationError: the broker is unreachable, or a setting is unknown.
        AffiliateError: the broker did not confirm all messages; some may have arrived.
    """
    config = {name: value for name, value in kafka.config.items() if value}
    failed = sent = 0

    def confirmed(error: KafkaError | None, _: Message) -> None:
        nonlocal failed
        failed += error is not None

    try:
        producer = Producer({**DEFAULTS, **config, **OURS})
        _ensure_topic(AdminClient({"log_level": "0", **config}), topic)
    except (KafkaException, TypeError, ValueError):
        raise ConfigurationError(
            "the Kafka broker is unreachable or rejects a setting: check AFFILIATE_KAFKA_…"
        ) from None
    for key, value in messages:
        _produce(producer, topic, key, value, confirmed)
        sent += 1
    waiting = producer.flush(FLUSH_SECONDS)
    if waiting or failed:
        raise AffiliateError(
            f"the broker did not confirm {waiting + failed} of {sent} messages: the run is not "
            "acknowledged, and the next run sends everything that may be missing again"
        )
    return sent


def event(
    source: str, kind: str, run: int, at: datetime, key: str, data: Mapping[str, Value]
) -> bytes:
    """Return a CloudEvent about a key; its ID is the same in every attempt of a run.

    Args:
        source: Name of the delivery.
        kind: CloudEvents type.
        run: Number of the run.
        at: Time of the run.
        key: Key of the message.
        data: Values.
    """
    values = {n: float(v) if isinstance(v, Decimal) else v for n, v in data.items()}
    content = {
        "specversion": "1.0",
        "id": sha256(f"{run}|{key}".encode()).hexdigest()[:32],
        "source": f"affiliate-data-platform/{source}",
        "type": kind,
        "time": at.isoformat(),
        "data": values,
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _produce(
    producer: Producer, topic: str, key: str, value: bytes | None, confirmed: Confirmed
) -> None:
    while True:
        try:
            producer.produce(topic, value, key.encode(), on_delivery=confirmed)
            break
        except BufferError:
            producer.poll(0.1)
    producer.poll(0)


def _ensure_topic(admin: AdminClient, name: str) -> None:
    if name in admin.list_topics(timeout=REACH_SECONDS).topics:
        return
    topic = NewTopic(name, num_partitions=PARTITIONS, config={"cleanup.policy": "compact"})
    try:
        admin.create_topics([topic])[name].result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
