"""A publisher that is killed at any point leaves the old release or the new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import Settings
from serving import open_release, publish, read_release
from tests.support.release_sample import ask, change

#: Stops before the named step, reports it, and waits to be killed.
CHILD = """
import sys, time
from pathlib import Path
from core.settings import Settings
import serving.store
from serving import publish

home, step = sys.argv[1:]

def stop():
    print("stopped", flush=True)
    time.sleep(600)

def stop_at(name):
    if name == step:
        stop()

def stop_before(owner, name):
    original = getattr(owner, name)
    if name == step:
        setattr(owner, name, lambda *a, **k: stop() or original(*a, **k))

stop_before(serving.store, "switch_link")
stop_before(serving.store.ReleaseStore, "commit")
stop_before(serving.store.ReleaseStore, "prune")
stop_before(serving.store, "remove_tree")
settings = Settings(home=Path(home), _env_file=None)
publish(settings, progress=stop_at, keep=1)
"""


@pytest.mark.parametrize(
    ("step", "survivor"),
    [
        pytest.param("copy customer", "old", marks=pytest.mark.nightly),
        pytest.param("copy customer_order_items", "old", marks=pytest.mark.nightly),
        pytest.param("write customer_olap.duckdb", "old", marks=pytest.mark.nightly),
        pytest.param("check texts", "old", marks=pytest.mark.nightly),
        pytest.param("check bytes", "old", marks=pytest.mark.nightly),
        pytest.param("pseudonymise customer", "old", marks=pytest.mark.nightly),
        pytest.param("write files of affiliates, 0 of 4 done", "old", marks=pytest.mark.nightly),
        pytest.param("commit", "old", marks=pytest.mark.nightly),
        ("switch_link", "old"),
        ("prune", "new"),
        pytest.param("remove_tree", "new", marks=pytest.mark.nightly),
    ],
)
def test_killed_publisher_leaves_old_or_new(warehouse: Settings, step: str, survivor: str) -> None:
    old = publish(warehouse)
    change(warehouse, "UPDATE wh.marts.customer_orders SET net_amount = 5")
    kill_at(warehouse, step)
    current = read_release(warehouse.releases_path / "current")
    assert (current.release == old.release) == (survivor == "old")
    assert amount(warehouse) == (1000 if survivor == "old" else 5)

    new = publish(warehouse, keep=1)
    assert amount(warehouse) == 5
    assert {path.name for path in warehouse.releases_path.iterdir()} == {
        ".lock",
        "current",
        new.release,
    }


def test_killed_first_publisher_leaves_no_release(warehouse: Settings) -> None:
    kill_at(warehouse, "switch_link")
    assert not (warehouse.releases_path / "current").exists()
    publish(warehouse)
    assert amount(warehouse) == 1000


def test_full_disk_is_a_clear_error_and_keeps_the_current_release(warehouse: Settings) -> None:
    """A limit on file sizes simulates a full disk: the same calls fail."""
    old = publish(warehouse)
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000))\n" + CHILD
    )
    failed = subprocess.run(
        [sys.executable, "-c", limited, str(warehouse.home), "never"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == (
        "core.errors.AffiliateError: no space left for a new release: "
        "the current release is unchanged; free disk space and publish again"
    )
    assert {path.name for path in warehouse.releases_path.iterdir()} == {
        ".lock",
        "current",
        old.release,
    }
    assert amount(warehouse) == 1000


def kill_at(settings: Settings, step: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(settings.home), step],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "stopped\n"
        child.kill()


def amount(settings: Settings) -> int:
    with open_release(settings) as olap:
        return int(ask(olap, "SELECT max(net_amount) FROM customer_orders"))
