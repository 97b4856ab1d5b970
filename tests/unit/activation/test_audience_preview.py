from __future__ import annotations

from pathlib import Path

import pytest

from activation.audiences.preview import preview
from activation.audiences.report import Options
from core.settings import Settings
from tests.support.audience_world import NOW, Customer, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")


def test_the_unified_customer_is_counted_and_small_numbers_are_not_told(world: World) -> None:
    world.customers = [Customer(1, n) for n in range(1, 31)]
    world.audience(
        scope="unified_internal", where={"field": "affiliates_count", "gte": 2},
        requires_consent=None, send=None, deliver=None,
    )  # fmt: skip
    world.publish()
    assert preview(world.settings, world.folder, "winback", Options(NOW)).counts == {"eligible": 30}

    world.customers = world.customers[:19]
    world.publish()
    found = preview(world.settings, world.folder, "winback", Options(NOW))
    assert (found.counts, found.samples) == ({"eligible": "< 20"}, ())


def test_a_preview_tells_why_and_writes_nothing(world: World) -> None:
    world.customers = [Customer(1, 1), Customer(1, 2, consent_email=False)]
    world.audience()
    world.publish()

    found = preview(world.settings, world.folder, "winback", Options(NOW))

    assert {(s.member, s.outcome) for s in found.samples} == {
        (world.member(1, 1), "in"), (world.member(1, 2), "no consent or address"),
    }  # fmt: skip
    assert found.samples[0].values == {"lifecycle_stage": "at_risk"}
    assert not (world.settings.home / "audiences").exists()
