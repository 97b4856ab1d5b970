from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.embedded import EmbeddedBroker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """A broker of the test's own, not started."""
    broker = EmbeddedBroker(tmp_path / "broker")
    yield broker
    broker.stop()
