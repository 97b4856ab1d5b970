from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from ingestion.embedded import EmbeddedBroker
from tests.unit.serving.release_sample import build_warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Settings:
    """The sample warehouse on the embedded engine."""
    settings = Settings(home=tmp_path / "home", _env_file=None)
    build_warehouse(settings)
    return settings


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """A broker of the test's own, not started."""
    broker = EmbeddedBroker(tmp_path / "broker")
    yield broker
    broker.stop()
