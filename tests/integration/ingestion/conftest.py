"""An empty landing zone, and an empty broker, for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.landing import LandingZone
from tests.integration.ingestion.kafka_topics import Broker


@pytest.fixture
def broker(kafka_bootstrap: str) -> Broker:
    return Broker(kafka_bootstrap)


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    return LandingZone(tmp_path / "landing")
