"""Killed at any system call, an operation is done or not begun, and the next run completes it."""

from __future__ import annotations

import shutil
import signal
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingestion.landing import LandingZone
from ingestion.landing.verify import verify
from tests.requirements import missing
from tests.support.killing import Call, Point, Worker, one_of_each_kind, why_untraceable, worker
from tests.support.landed_messages import land_messages
from tests.support.landed_rows import (
    files_in_manifest,
    files_on_disk,
    land_versions,
    pass_all,
)

WORKERS = 2
Rows = dict[str, list[Any]]


@dataclass(frozen=True)
class Operation:
    """What is killed.

    Attributes:
        job: For the worker, without the zone.
        repeats: Whether the next run does it again unconditionally, as maintenance does; a reader
            of a source starts where the manifest says.
    """

    job: dict[str, Any]
    repeats: bool = True


OPERATIONS = {
    "topics": Operation({"name": "topics", "good": [96, 98], "bad": [97]}, repeats=False),
    "compact": Operation({"name": "compact", "fan_in": 3}),
    "replay": Operation({"name": "replay"}),
    "retain": Operation({"name": "retain", "days": [0, 40, 0], "now": "2126-01-01T00:00:00+00:00"}),
}


@pytest.fixture(scope="module", autouse=True)
def traced() -> bool:
    if reason := why_untraceable():
        warnings.warn(f"{reason}: kills are at Python's calls only", stacklevel=1)
    return not reason


@pytest.fixture(scope="module")
def workers(traced: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue[Worker]]:
    folder = tmp_path_factory.mktemp("workers")
    with ExitStack() as stack:
        free: Queue[Worker] = Queue()
        for number in range(WORKERS):
            free.put(stack.enter_context(worker(folder / str(number), traced=traced)))
        yield free


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zone in which every operation has something to do."""
    zone = LandingZone(tmp_path_factory.mktemp("landed") / "zone")
    for number in range(3):
        land_versions(zone, [number, number + 1], sku="x" if number % 2 else None)
        if number < 2:
            land_messages(zone, [number * 4], [number * 4 + 2, number * 4 + 3])
    pass_all(zone)
    return zone.root


def standing(root: Path) -> Rows:
    """Every landed row with its entry's number; read without DuckDB, which starts slowly."""
    zone = LandingZone(root)
    found: Rows = {}
    for number, file in zone.live():
        for row in pq.read_table(zone.path(file)).to_pylist():
            row.setdefault("_seq", number)
            given = {name: value for name, value in row.items() if value is not None}
            found.setdefault(file.dataset, []).append(sorted(given.items()))
    return {dataset: sorted(them, key=repr) for dataset, them in found.items()}


def attempt(worker: Worker, operation: Operation, landed: Path, root: Path, point: Point) -> bool:
    """Kills the operation, checks, runs it again, checks; False if it lived past the point."""
    shutil.copytree(landed, root)
    job = {**operation.job, "root": str(root)}
    before, expected = standing(root), _expected[operation.job["name"]]
    code = worker.run(job, point)
    assert code in (0, -signal.SIGKILL), f"{point}: ended with {code}"
    after = standing(root)
    assert after in (before, expected), f"{point}: neither before nor after"
    if operation.repeats or after == before:
        assert worker.run(job) == 0, point
    LandingZone(root).vacuum()
    zone = LandingZone(root)
    assert standing(root) == expected, f"{point}: rows lost or doubled"
    assert verify(zone).problems == (), point
    assert files_on_disk(zone) == files_in_manifest(zone), point
    assert not [path for path in (root / ".aside").iterdir() if path.is_dir()], point
    shutil.rmtree(root)
    return code != 0


_expected: dict[str, Rows] = {}


@pytest.mark.parametrize("name", OPERATIONS)
def test_kill_at_any_system_call_loses_and_duplicates_nothing(
    workers: Queue[Worker], landed: Path, tmp_path: Path, name: str, nightly: bool
) -> None:
    operation = OPERATIONS[name]
    whole = tmp_path / "whole"
    shutil.copytree(landed, whole)
    one = workers.get()
    points = one.points({**operation.job, "root": str(whole)})
    workers.put(one)
    _expected[name] = standing(whole)
    assert _expected[name] != standing(landed) or name == "compact"

    def kill(numbered: tuple[int, Point]) -> bool:
        number, point = numbered
        free = workers.get()
        try:
            return attempt(free, operation, landed, tmp_path / str(number), point)
        finally:
            workers.put(free)

    with ThreadPoolExecutor(WORKERS) as pool:
        died = list(pool.map(kill, enumerate(points if nightly else one_of_each_kind(points))))
    assert points
    assert all(died)


@pytest.mark.parametrize("name", OPERATIONS)
def test_power_failure_at_any_time_loses_nothing(
    workers: Queue[Worker], landed: Path, tmp_path: Path, name: str
) -> None:
    """A name comes after the contents it names, the entry after all names, removals after it."""
    if reason := why_untraceable():
        missing(f"{reason}: it shows the order of system calls")
    root = tmp_path / "zone"
    shutil.copytree(landed, root)
    only = workers.get()
    calls = only.calls({**OPERATIONS[name].job, "root": str(root)})
    workers.put(only)

    manifest = str(root / "manifest")
    links = [i for i, call in enumerate(calls) if call.point.call == "link"]
    entry = next(i for i in links if calls[i].names[1].startswith(manifest))
    assert links[-1] == entry > links[0]
    for place in links:
        staged, final = calls[place].names
        written = places(calls, "write", staged)
        assert written
        assert any(max(written) < synced < place for synced in places(calls, "fsync", staged))
        named = [i for i in places(calls, "fsync", str(Path(final).parent)) if i > place]
        assert named
        assert place == entry or min(named) < entry
    durable = max(places(calls, "fsync", manifest))
    assert durable > entry
    for place, call in enumerate(calls):
        if call.point.call == "mkdir" and ".aside" not in call.names[0]:
            parent = str(Path(call.names[0]).parent)
            assert any(place < synced < entry for synced in places(calls, "fsync", parent))
        if call.point.call == "unlink":
            assert place > durable


def places(calls: list[Call], name: str, path: str) -> list[int]:
    """Where in the order a call works on a file."""
    return [i for i, call in enumerate(calls) if call.point.call == name and call.file == path]
