from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import Settings
from tests.support.release_sample import build_warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Settings:
    """The sample warehouse on the embedded engine."""
    settings = Settings(home=tmp_path / "home", _env_file=None)
    build_warehouse(settings)
    return settings
