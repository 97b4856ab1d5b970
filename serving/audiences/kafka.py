"""Members as Kafka messages: one key a member, its newest state as value, a tombstone to withdraw.

A removal is two messages with one key: what was sent last, so that a destination that knows people
by address can find the one to drop, and the tombstone, after which compaction forgets both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from confluent_kafka import KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import KafkaError, NewTopic

from ingestion.errors import AffiliateError, ConfigurationError
from ingestion.servers import Kafka
from serving.audiences.difference import REMOVED
from serving.audiences.rows import Row

Confirmed = Callable[["KafkaError | None", Message], None]
TOPIC = "audience.member.v1"
SOURCE = "affiliate-data-platform/audiences"
#: Nothing is lost, repeated or overtaken on its way; settings do not change them.
OURS = {"enable.idempotence": "true", "acks": "all"}
DEFAULTS = {"linger.ms": "20", "message.timeout.ms": "60000", "log_level": "0"}
REACH_SECONDS, FLUSH_SECONDS, PARTITIONS = 10.0, 120.0, 3


def send(kafka: Kafka, audience: str, run: int, at: datetime, changes: Iterable[Row]) -> int:
    """Sends changes and waits until the broker has confirmed every one.

    Args:
        kafka: The broker.
        audience: Name of the audience.
        run: Number of the run; with a key it makes a message's id, the same at every attempt.
        at: When the run was.
        changes: What is told.

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
        _ensure_topic(AdminClient({"log_level": "0", **config}))
    except (KafkaException, TypeError, ValueError):
        raise ConfigurationError(
            "the Kafka broker cannot be reached or refuses a setting: check AFFILIATE_KAFKA_…"
        ) from None
    for row in changes:
        key = f"{audience}|{row.affiliate}|{row.member}"
        values = [_event(audience, run, at, row, key)]
        for value in [*values, None] if row.operation == REMOVED else values:
            _produce(producer, key, value, confirmed)
            sent += 1
    waiting = producer.flush(FLUSH_SECONDS)
    if waiting or failed:
        raise AffiliateError(
            f"the broker did not confirm {waiting + failed} of {sent} messages: the run is not "
            "acknowledged, and the next one sends again whatever may be missing"
        )
    return sent


def _produce(producer: Producer, key: str, value: bytes | None, confirmed: Confirmed) -> None:
    while True:
        try:
            producer.produce(TOPIC, value, key.encode(), on_delivery=confirmed)
            break
        except BufferError:
            producer.poll(0.1)
    producer.poll(0)


def _event(audience: str, run: int, at: datetime, row: Row, key: str) -> bytes:
    values = {n: float(v) if isinstance(v, Decimal) else v for n, v in row.values.items()}
    event = {
        "specversion": "1.0",
        "id": sha256(f"{run}|{key}".encode()).hexdigest()[:32],
        "source": SOURCE,
        "type": "AudienceMemberRemoved" if row.operation == REMOVED else "AudienceMemberSet",
        "time": at.isoformat(),
        "data": {
            "audience": audience,
            "affiliate": row.affiliate,
            "member": row.member,
            "run": run,
            "operation": row.operation,
            "reason": row.reason,
            **values,
        },
    }
    return json.dumps(event, ensure_ascii=False).encode()


def _ensure_topic(admin: AdminClient) -> None:
    if TOPIC in admin.list_topics(timeout=REACH_SECONDS).topics:
        return
    topic = NewTopic(TOPIC, num_partitions=PARTITIONS, config={"cleanup.policy": "compact"})
    try:
        admin.create_topics([topic])[TOPIC].result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
