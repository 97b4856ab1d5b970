"""Create Kafka topics and send messages."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from confluent_kafka import KafkaException, Producer
from confluent_kafka import Message as Delivered
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import KafkaError, NewTopic

from core.errors import AffiliateError, ConfigurationError
from oltp.world.events.messages import TOPICS, Message

PARTITIONS = 3
REACH_SECONDS, FLUSH_SECONDS = 5.0, 120.0
#: In order per key: the broker sees one request of a partition at a time.
SETTINGS = {
    "acks": "all",
    "max.in.flight.requests.per.connection": 1,
    "queue.buffering.max.messages": 500_000,
    "linger.ms": 20,
    "message.timeout.ms": 60_000,
    "log_level": 0,
}


class Broker:
    """Sends messages and waits for their confirmation; a context manager.

    Args:
        bootstrap: `host:port,…`.

    Raises:
        ConfigurationError: nothing answers there.
        AffiliateError: topics cannot be created, or messages are not accepted.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._failed = 0

    def __enter__(self) -> Broker:
        _ensure_topics(self._bootstrap)
        self._producer = Producer({"bootstrap.servers": self._bootstrap, **SETTINGS})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if error is None:
            self.flush()

    def send(self, topic: str, messages: Iterable[Message]) -> None:
        """Queues messages; blocks while the queue is full."""
        for message in messages:
            while True:
                try:
                    self._producer.produce(
                        topic, message.value, message.key, on_delivery=self._delivered
                    )
                    break
                except BufferError:
                    self._producer.poll(0.1)
            self._producer.poll(0)

    def flush(self) -> None:
        """Wait until the broker has confirmed all messages.

        Raises:
            AffiliateError: it does not take all of it.
        """
        waiting = self._producer.flush(FLUSH_SECONDS)
        if waiting or self._failed:
            raise AffiliateError(
                f"the broker did not take {waiting + self._failed} messages: check its log and "
                "disk, then try again; repeated messages are harmless"
            )

    def _delivered(self, error: KafkaError | None, _: Delivered) -> None:
        self._failed += error is not None


def _ensure_topics(bootstrap: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    try:
        present = admin.list_topics(timeout=REACH_SECONDS).topics
    except KafkaException:
        raise ConfigurationError(
            "the Kafka broker cannot be reached: check that it runs and the address is right"
        ) from None
    wanted = [NewTopic(name, num_partitions=PARTITIONS) for name in TOPICS if name not in present]
    if not wanted:
        return
    for name, done in admin.create_topics(wanted).items():
        try:
            done.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise AffiliateError(f"the topic {name} cannot be created on the broker") from error
