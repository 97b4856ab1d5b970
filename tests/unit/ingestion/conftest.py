"""An empty landing zone, and a folder for pages, for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.landing import LandingZone


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    return LandingZone(tmp_path / "landing")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return tmp_path / "pages"
