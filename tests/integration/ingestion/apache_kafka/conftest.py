"""One Apache Kafka per test process, for what only the real broker can prove."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.integration.ingestion.apache_kafka.server import KafkaServer
from tests.integration.ingestion.apache_kafka.topic import Topic


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """A running broker that ends with the session."""
    with TemporaryDirectory(prefix="affiliate-") as folder:
        server = KafkaServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture
def new_topic(kafka_server: KafkaServer) -> Callable[..., Topic]:
    """Makes fresh topics: number of partitions, then settings as `segment_ms="100"`."""

    def create(partitions: int = 1, **config: str) -> Topic:
        return Topic(kafka_server.bootstrap(), partitions, **config)

    return create


@pytest.fixture
def topic(new_topic: Callable[..., Topic]) -> Topic:
    """A fresh topic with one partition."""
    return new_topic()
