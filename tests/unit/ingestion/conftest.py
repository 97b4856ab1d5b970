from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Where data-quality pages are written."""
    return tmp_path / "pages"
