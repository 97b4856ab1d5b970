from __future__ import annotations

from pathlib import Path

import pytest
from release_sample import build_warehouse

from ingestion.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Embedded defaults in a home of this test's own."""
    return Settings(home=tmp_path / "home", _env_file=None)


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    """The same settings, with the sample warehouse built."""
    build_warehouse(settings)
    return settings
