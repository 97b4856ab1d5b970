"""Killed while the release without her is published, the next one completes the erasure."""

from __future__ import annotations

import random
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.settings import Settings
from privacy.erasure.requests import Receipt, Request, Requests
from serving import publish, published_releases
from tests.support.killing import Point, Worker
from tests.support.landing_worker import finish_erasures
from tests.support.release_sample import build_warehouse
from tests.support.searching import found_in

#: How often it is killed: in `make test`, and nightly.
FEW, MANY = 2, 40
#: A customer of the sample warehouse: what only they say.
WHO = "SELECT full_name, email, phone, identifier FROM wh.raw.oltp_affiliate_customer WHERE id = 7"
CONTACTS = "full_name = NULL, email = NULL, phone = NULL"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse was built without somebody, and whose releases still hold them."""
    home = tmp_path_factory.mktemp("landed") / "home"
    settings = Settings(home=home, _env_file=None)
    build_warehouse(settings)
    publish(settings)
    publish(settings)
    hers = _strip(settings.warehouse_path)
    request = Request(
        "R-1", "affiliate", "command", datetime.now(UTC), (3, 7), "landed", ((3, 7),), hers,
        tuple(published_releases(settings)),
    )  # fmt: skip
    Requests(settings.erasures_path).write(request)
    assert len(found_in(home / "releases", hers[1:2])) == 2
    assert found_in(home / "warehouse", hers) == []
    return home


def _strip(warehouse: Path) -> tuple[str, ...]:
    """Takes the customer out, as a build from the landing zone would; gives what they said."""
    old = warehouse.with_name("old.duckdb")
    warehouse.rename(old)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{old}' AS wh; ATTACH '{warehouse}' AS fresh")
        (hers,) = connection.execute(WHO).fetchall()
        connection.execute(
            f"UPDATE wh.raw.oltp_affiliate_customer SET {CONTACTS}, identifier = NULL WHERE id = 7;"
            f"UPDATE wh.own.own_customer SET {CONTACTS} WHERE affiliate_customer_id = 7;"
            "COPY FROM DATABASE wh TO fresh"
        )
    old.unlink()
    return tuple(map(str, hers))


def job(home: Path) -> dict[str, Any]:
    return {"name": "publish", "root": str(home / "landing")}


def test_publishing_killed_at_random_points_leaves_no_data(
    killer: Worker, home: Path, tmp_path: Path, nightly: bool
) -> None:
    (request,) = Requests(home / "erasures").open()
    whole = tmp_path / "whole"
    shutil.copytree(home, whole, symlinks=True)
    died, kills = 0, MANY if nightly else FEW
    for number, point in enumerate(_chosen(killer.points(job(whole)), kills)):
        root = tmp_path / str(number)
        shutil.copytree(home, root, symlinks=True)
        code = killer.run(job(root), point)
        assert code in (0, -signal.SIGKILL), point
        died += code != 0
        settings = Settings(home=root, _env_file=None)
        finish_erasures(settings)
        (receipt,) = Requests(settings.erasures_path).all()
        assert isinstance(receipt, Receipt)
        assert receipt.residue == 0
        assert found_in(root, request.values) == [], point
        assert not {*published_releases(settings)} & {*request.releases}
        shutil.rmtree(root)
    assert died > kills // 2


def _chosen(points: list[Point], kills: int) -> list[Point]:
    """The last removals, which are of old releases, and as many of all points."""
    chance = random.Random(7)
    removals = [one for one in points if one.call in ("unlink", "unlinkat", "rmdir")] or points
    last = removals[-len(removals) // 2 :]
    return chance.sample(last, kills // 2) + chance.sample(points, kills // 2)
