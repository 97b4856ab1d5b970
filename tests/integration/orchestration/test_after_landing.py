"""The sensor that builds what landed: real ticks on a real landing zone and releases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from core.settings import Settings, load_settings
from ingestion.landing import LandingZone
from orchestration.defs.serving.after_landing import after_landing
from orchestration.lib.automation import BUILD_AT_MOST_EVERY
from serving import ReleaseStore, read_release
from tests.integration.web.dashboard_sample import build_release
from tests.support.landed_messages import land_messages

YOUNG = timedelta(0)
OLD = BUILD_AT_MOST_EVERY + timedelta(minutes=1)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AFFILIATE_HOME", str(tmp_path / "home"))
    return load_settings()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def tick(instance: dg.DagsterInstance) -> object:
    return after_landing(dg.build_sensor_context(instance=instance))


def released(settings: Settings, position: int, age: timedelta) -> None:
    """Makes the current release one that was built from the entries up to a position."""
    current = ReleaseStore(settings.releases_path).current() or build_release(settings)
    published = datetime.now(UTC) - age
    changed = replace(read_release(current), landing_position=position, created_at=published)
    (current / "manifest.json").unlink()
    changed.write(current)


def test_landed_data_is_built_once_and_not_too_often(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    assert "contains all landed data" in str(tick(instance))
    zone = LandingZone(settings.landing_path)
    land_messages(zone, [0, 1])

    first = tick(instance)
    assert isinstance(first, dg.RunRequest)
    assert (first.run_key, after_landing.job_name) == ("landed-1", "marts_only")

    released(settings, 1, OLD)
    assert "contains all landed data" in str(tick(instance))
    land_messages(zone, [2])
    second = tick(instance)
    assert isinstance(second, dg.RunRequest)
    assert second.run_key == "landed-2"

    released(settings, 1, YOUNG)
    assert "is recent" in str(tick(instance))

    released(settings, 1, OLD)
    instance.add_run(dg.DagsterRun(job_name="everything", status=dg.DagsterRunStatus.STARTED))
    assert "in progress" in str(tick(instance))
