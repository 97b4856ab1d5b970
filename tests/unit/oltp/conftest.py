from __future__ import annotations

import pytest

from oltp.world import WorldSpec
from tests.unit.oltp.drawn_world import DrawnWorld, draw_world


@pytest.fixture(scope="session")
def world() -> DrawnWorld:
    """A world of five affiliates and 10,000 customers."""
    return draw_world(WorldSpec())
