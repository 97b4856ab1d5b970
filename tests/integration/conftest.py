from __future__ import annotations

import pytest

from tests.integration.ingestion.kafka_topics import Broker


@pytest.fixture
def broker(kafka_bootstrap: str) -> Broker:
    """An empty broker."""
    return Broker(kafka_bootstrap)
