"""Killed anywhere in an erasure, the next one completes it: nothing of her is left, all else is."""

from __future__ import annotations

import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from core.settings import Settings
from ingestion.landing import LandingZone, tombstones
from ingestion.landing.verify import verify
from privacy.erasure import erasing
from privacy.erasure.requests import Request, Requests
from tests.support import erasable
from tests.support.erasable import HERS, HERS_ELSEWHERE, ZORA
from tests.support.killing import Worker, one_of_each_kind
from tests.support.landed_rows import files_in_manifest, files_on_disk
from tests.support.searching import found_in


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where somebody asked to be erased."""
    home = tmp_path_factory.mktemp("asked") / "home"
    settings = Settings(home=home)
    zone = LandingZone(settings.landing_path)
    erasable.land(zone)
    (home / "warehouse").mkdir()
    (home / "warehouse" / "warehouse.duckdb").write_text(HERS[1])
    made = erasing.request(settings, zone, ZORA, "all", request_id="R-1")
    assert isinstance(made, Request)
    # without its file the warehouse says nothing of persons, and is given up all the same
    (home / "warehouse" / "warehouse.duckdb").unlink()
    (home / "warehouse" / "warehouse.duckdb.wal").write_text(HERS[1])
    return home


def rows(zone: LandingZone) -> list[str]:
    return sorted(
        str(row)
        for _, file in zone.live()
        if file.dataset != tombstones.DATASET
        for row in pq.read_table(zone.path(file), partitioning=None).to_pylist()
    )


def job(home: Path) -> dict[str, Any]:
    return {"name": "erase", "root": str(home / "landing")}


def test_erasure_killed_at_any_point_completes_on_the_next_run(
    killer: Worker, home: Path, tmp_path: Path, nightly: bool
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(home, whole)
    points = killer.points(job(whole))
    expected = rows(LandingZone(whole / "landing"))
    chosen = points if nightly else one_of_each_kind(points)
    died = 0
    for number, point in enumerate(chosen):
        root = tmp_path / str(number)
        shutil.copytree(home, root)
        code = killer.run(job(root), point)
        assert code in (0, -signal.SIGKILL), point
        died += code != 0
        settings = Settings(home=root)
        zone = LandingZone(settings.landing_path)
        erasing.erase_landed(settings, zone)
        zone.vacuum()
        (receipt,) = erasing.finish(settings)
        assert receipt.residue == 0
        assert found_in(root, (*HERS, *HERS_ELSEWHERE)) == [], point
        assert rows(zone) == expected, point
        assert verify(zone).problems == (), point
        assert files_on_disk(zone) == files_in_manifest(zone), point
        shutil.rmtree(root)
    assert died > len(chosen) // 2


def test_each_erasure_step_is_idempotent(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "home"
    shutil.copytree(home, root)
    settings = Settings(home=root)
    zone, requests = LandingZone(settings.landing_path), Requests(settings.erasures_path)
    erasing.erase_landed(settings, zone)
    expected = rows(zone)
    (landed,) = requests.open()
    for state in ("resolved", "landed"):
        requests.write(replace(landed, state=state))
        erasing.erase_landed(settings, zone)
        assert rows(zone) == expected
    (receipt,) = erasing.finish(settings)
    assert receipt.residue == 0
