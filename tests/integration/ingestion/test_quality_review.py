"""Batches are validated once by processes of their own, also if one is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from ingestion.landing import LandingZone
from ingestion.quality import validate_batches
from tests.documented import REPOSITORY
from tests.support.landed_tables import CUSTOMER, NOW, SPECS, bad_rows, good_rows, land_rows

PRODUCT = SPECS["sales.product"]
KILLED_BEFORE_THE_VERDICT = """
import os, signal, sys
from pathlib import Path
from ingestion.landing import LandingZone
from ingestion.quality import validate_batches
LandingZone.commit_validation = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
validate_batches(LandingZone(Path(sys.argv[1])), Path(sys.argv[2]))
"""
JUDGED = """
import sys
from pathlib import Path
from ingestion.landing import LandingZone
from ingestion.quality import validate_batches
print(len(validate_batches(LandingZone(Path(sys.argv[1])), Path(sys.argv[2]))))
"""
NOTHING_NEW = """
import sys
from pathlib import Path
from ingestion.landing import LandingZone
from ingestion.quality import revalidate_held, validate_batches
zone, pages = LandingZone(Path(sys.argv[1])), Path(sys.argv[2])
assert validate_batches(zone, pages) == revalidate_held(zone, pages) == []
assert not {"great_expectations", "sqlalchemy", "jinja2", "pandas"} & set(sys.modules)
"""


def in_a_process(script: str, zone: LandingZone, pages: Path) -> int:
    command = [sys.executable, "-c", script, str(zone.root), str(pages)]
    return subprocess.run(command, check=False, cwd=REPOSITORY, capture_output=True).returncode


def test_without_new_batches_nothing_is_imported_or_written(zone: LandingZone, pages: Path) -> None:
    assert in_a_process(NOTHING_NEW, zone, pages) == 0
    assert not pages.exists()
    land_rows(zone, CUSTOMER, good_rows(CUSTOMER, 3))
    validate_batches(zone, pages, now=NOW)
    before = {path: path.stat().st_mtime_ns for path in pages.rglob("*")}
    assert in_a_process(NOTHING_NEW, zone, pages) == 0
    assert {path: path.stat().st_mtime_ns for path in pages.rglob("*")} == before


def test_batch_is_validated_again_after_a_kill_before_the_commit(
    zone: LandingZone, pages: Path
) -> None:
    land_rows(zone, PRODUCT, bad_rows(PRODUCT, 120))
    assert in_a_process(KILLED_BEFORE_THE_VERDICT, zone, pages) == -signal.SIGKILL
    assert list(pages.rglob("*.json"))
    assert (zone.held(), len(zone.entries())) == ([], 1)
    (found,) = validate_batches(zone, pages, now=NOW)
    assert [v.reasons for v in zone.held()] == [found.reasons]
    assert validate_batches(zone, pages, now=NOW) == []
    assert len(list(pages.rglob("*.json"))) == 1


def test_two_processes_validate_a_batch_once(zone: LandingZone, pages: Path) -> None:
    land_rows(zone, PRODUCT, bad_rows(PRODUCT, 120))
    command = [sys.executable, "-c", JUDGED, str(zone.root), str(pages)]
    processes = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert sorted(process.communicate()[0] for process in processes) == [b"0\n", b"1\n"]
    assert len(zone.entries()) == 2
