from __future__ import annotations

from pathlib import Path

import pytest

from activation.audiences.preview import preview_audience
from activation.audiences.report import RunOptions
from core.settings import Settings
from tests.support.audience_world import NOW, Customer, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")


def test_unified_audience_shows_only_counts_above_the_minimum(world: World) -> None:
    world.customers = [Customer(1, n) for n in range(1, 31)]
    world.audience(
        scope="unified_internal", where={"field": "affiliates_count", "gte": 2},
        requires_consent=None, send=None, deliver=None,
    )  # fmt: skip
    world.publish()
    assert preview_audience(world.settings, world.folder, "winback", RunOptions(NOW)).counts == {
        "eligible": 30
    }

    world.customers = world.customers[:19]
    world.publish()
    found = preview_audience(world.settings, world.folder, "winback", RunOptions(NOW))
    assert (found.counts, found.samples) == ({"eligible": "< 20"}, ())


def test_preview_shows_outcomes_and_writes_nothing(world: World) -> None:
    world.customers = [Customer(1, 1), Customer(1, 2, consent_email=False)]
    world.audience()
    world.publish()

    found = preview_audience(world.settings, world.folder, "winback", RunOptions(NOW))

    assert {(s.member, s.outcome) for s in found.samples} == {
        (world.member(1, 1), "in"), (world.member(1, 2), "no consent or address"),
    }  # fmt: skip
    assert found.samples[0].values == {"lifecycle_stage": "at_risk"}
    assert not (world.settings.home / "audiences").exists()
