"""Killed at any step of a commit, the zone is as before or as after, and the next run completes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.landing import LandingZone
from tests.unit.ingestion.landed_rows import files_in_manifest, files_on_disk, land

HERE = Path(__file__).parent
DATASET = "oltp/sales.product"

# Commits two files and dies at the given one of the calls that change the disk.
VICTIM = """
import os, signal, sys
from pathlib import Path
from ingestion.landing import LandingZone
from tests.unit.ingestion.landed_rows import stage_rows

steps = int(sys.argv[2])

def dying(call):
    def step(*arguments, **options):
        global steps
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        steps -= 1
        return call(*arguments, **options)
    return step

with LandingZone(Path(sys.argv[1])).batch("oltp") as batch:
    stage_rows(batch, "oltp/sales.product", [1, 2, 3])
    stage_rows(batch, "oltp/sales.order_item", [4])
    for name in ("mkdir", "chmod", "fsync", "link"):
        setattr(os, name, dying(getattr(os, name)))
    batch.commit()
"""
#: One more than the calls of a whole commit: the last victim survives.
STEPS = 18


def run_victim(root: Path, steps: int) -> int:
    command = [sys.executable, "-c", VICTIM, str(root), str(steps)]
    path = os.pathsep.join([str(HERE), str(HERE.parents[2])])
    return subprocess.run(command, check=False, env={"PYTHONPATH": path}).returncode


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_killed_commit_is_all_or_nothing(tmp_path: Path, steps: int) -> None:
    zone = LandingZone(tmp_path / "landing")
    assert run_victim(zone.root, steps) == -signal.SIGKILL
    landed = files_in_manifest(zone)
    assert len(landed) in (0, 2)
    assert landed <= files_on_disk(zone)

    entry = land(zone, DATASET, [7])
    assert entry.number == (2 if landed else 1)
    assert files_on_disk(zone) == files_in_manifest(zone)
    assert not [path for path in (zone.root / ".aside").iterdir() if path.is_dir()]


def test_the_last_step_was_tried(tmp_path: Path) -> None:
    assert run_victim(tmp_path / "landing", STEPS) == 0
