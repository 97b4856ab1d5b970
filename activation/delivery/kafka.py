"""Rows as Kafka messages: one key a row, its newest state as value, a tombstone to withdraw it."""

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
#: Nothing is lost, repeated or overtaken on its way; settings do not change them.
OURS = {"enable.idempotence": "true", "acks": "all"}
DEFAULTS = {"linger.ms": "20", "message.timeout.ms": "60000", "log_level": "0"}
REACH_SECONDS, FLUSH_SECONDS, PARTITIONS = 10.0, 120.0, 3


def send(kafka: Kafka, topic: str, messages: Iterable[Keyed]) -> int:
    """Sends messages in their order and waits until the broker has confirmed every one.

    Args:
        kafka: The broker.
        topic: Created if it is not there: compacted, the newest value of each key stays.
        messages: What is told.

    Returns:
        Number of messages.

    Raises:
        ConfigurationError: the broker is unreachable, or a setting is unknown.
        AffiliateError: it did not take all; what was sent may have arrived.
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
            "the Kafka broker cannot be reached or refuses a setting: check AFFILIATE_KAFKA_…"
        ) from None
    for key, value in messages:
        _produce(producer, topic, key, value, confirmed)
        sent += 1
    waiting = producer.flush(FLUSH_SECONDS)
    if waiting or failed:
        raise AffiliateError(
            f"the broker did not confirm {waiting + failed} of {sent} messages: the run is not "
            "acknowledged, and the next one sends again whatever may be missing"
        )
    return sent


def event(
    source: str, kind: str, run: int, at: datetime, key: str, data: Mapping[str, Value]
) -> bytes:
    """A CloudEvent about a key; its id is the same at every attempt of a run.

    Args:
        source: Of the platform's deliveries, which.
        kind: CloudEvents type.
        run: Number of the run.
        at: When the run was.
        key: What it is about.
        data: Its values.
    """
    values = {n: float(v) if isinstance(v, Decimal) else v for n, v in data.items()}
    said = {
        "specversion": "1.0",
        "id": sha256(f"{run}|{key}".encode()).hexdigest()[:32],
        "source": f"affiliate-data-platform/{source}",
        "type": kind,
        "time": at.isoformat(),
        "data": values,
    }
    return json.dumps(said, ensure_ascii=False).encode()


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
