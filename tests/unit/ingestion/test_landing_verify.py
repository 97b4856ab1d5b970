"""Whatever is wrong in a landing zone is found, and said in one clear line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.durable_files import sha256
from core.retention import RetentionPolicy
from ingestion.landing import LandedFile, LandingZone
from ingestion.landing.compact import compact
from ingestion.landing.retain import retain
from ingestion.landing.verify import verify
from ingestion.quarantine import replay
from tests.support.landed_messages import EVENTS, every_third, land_messages, messages
from tests.support.landed_rows import TABLE, land_versions, pass_all

Entry = dict[str, Any]


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    """Two batches of a table, two of a topic."""
    zone = LandingZone(tmp_path / "landing")
    for number in range(2):
        land_versions(zone, [number, 7], [number + 10])
        land_messages(zone, [number * 3], [number * 3 + 1], end=number * 3 + 3)
    return zone


def problems(zone: LandingZone) -> tuple[str, ...]:
    return verify(LandingZone(zone.root)).problems


def file_of(zone: LandingZone, dataset: str) -> LandedFile:
    return zone.files(dataset)[0][1]


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def edit(zone: LandingZone, number: int, change: Callable[[Entry], None]) -> None:
    path = zone.entry_path(number)
    entry = json.loads(path.read_text())
    change(entry)
    overwrite(path, json.dumps(entry).encode())


def forge(zone: LandingZone, dataset: str, table: pa.Table) -> None:
    """Puts other rows into a file, with a checksum that fits."""
    number, file = zone.files(dataset)[0]
    path = zone.path(file)
    path.unlink()
    pq.write_table(table, path)

    def change(entry: Entry) -> None:
        entry["files"][0]["sha256"] = sha256(path)

    edit(zone, number, change)


def test_verify_counts_files_rows_and_entries(zone: LandingZone) -> None:
    told: list[tuple[str, int]] = []
    report = verify(zone, progress=lambda *line: told.append(line))
    assert report.problems == ()
    assert (report.entries, report.files, report.rows) == (4, 6, 10)
    assert (report.landed, report.quarantined, report.recovered, report.dropped) == (8, 2, 0, 0)
    assert report.bytes == sum(file.bytes for _, file in zone.live())
    assert [rows for _, rows in told] == [3, 4, 5, 8, 9, 10]


def test_verify_succeeds_after_rewrites(zone: LandingZone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.landing.compact.FAN_IN", 2)
    land_messages(zone, [], [6, 9])
    pass_all(zone)
    compact(zone)
    replay(zone, sort=every_third)
    latest = zone.latest
    assert latest is not None
    pass_all(zone)
    retain(zone, RetentionPolicy(superseded_days=0), latest.committed_at)
    report = verify(zone)
    assert report.problems == ()
    assert (report.landed, report.quarantined, report.recovered, report.dropped) == (10, 4, 2, 3)
    assert report.rows == 9


def test_empty_zone_is_valid(tmp_path: Path) -> None:
    assert verify(LandingZone(tmp_path / "none")).problems == ()


def test_flipped_bit_is_detected(zone: LandingZone) -> None:
    path = zone.path(file_of(zone, TABLE))
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    overwrite(path, bytes(content))
    assert problems(zone)[0] == f"{path} is damaged (its sha256 is not the manifest's): restore it"


def test_lost_file_is_detected(zone: LandingZone) -> None:
    path = zone.path(file_of(zone, TABLE))
    path.unlink()
    assert problems(zone)[0] == f"{path} is in the manifest but not on disk: restore it"


def test_wrong_row_count_is_detected(zone: LandingZone) -> None:
    path = zone.path(file_of(zone, TABLE))
    forge(zone, TABLE, pq.read_table(path).slice(0, 2))
    assert f"{path} has 2 rows; the manifest says 3" in problems(zone)


def test_wrong_columns_are_detected(zone: LandingZone) -> None:
    path = zone.path(file_of(zone, TABLE))
    forge(zone, TABLE, pq.read_table(path).drop_columns(["name"]))
    assert problems(zone) == (f"{path} has other columns than in the manifest",)


def test_duplicate_offset_is_detected(zone: LandingZone) -> None:
    forge(zone, EVENTS, pa.Table.from_batches([messages([1])]))
    line = f"{EVENTS}, manifest entry 2, partition 0: 1 offsets occur more than once"
    assert problems(zone) == (line,)


def test_offset_outside_the_batch_is_detected(zone: LandingZone) -> None:
    forge(zone, EVENTS, pa.Table.from_batches([messages([5])]))
    line = f"{EVENTS}, manifest entry 2, partition 0: 1 offsets are outside the range "
    assert problems(zone) == (f"{line}that was read, [0, 3)",)


def test_offsets_of_a_recreated_topic_are_checked_separately(zone: LandingZone) -> None:
    land_messages(zone, [0], [1], topic_id="two")
    assert problems(zone) == ()


@pytest.mark.parametrize(
    ("number", "change", "complaint"),
    [
        (3, lambda e: e.update(number=9), "manifest entry 3 has the number 9 inside"),
        (
            1,
            lambda e: e["datasets"][TABLE].update(rows_landed=1, rows_read=1),
            f"manifest entry 1: {TABLE}: 3 rows written, 2 expected",
        ),
        (
            2,
            lambda e: e["datasets"][EVENTS].update(rows_read=9),
            f"manifest entry 2: {EVENTS}: 9 rows read, 1 landed and 1 quarantined do not add up",
        ),
        (
            4,
            lambda e: e.update(replaces=["oltp/x/none.parquet"]),
            "manifest entry 4 replaces oltp/x/none.parquet, which was not live",
        ),
        (3, lambda e: e.update(positions={}), "manifest entry 3 read a dataset"),
    ],
    ids=["number", "landed", "read", "replaces", "positions"],
)
def test_inconsistent_manifest_is_detected(
    zone: LandingZone, number: int, change: Callable[[Entry], None], complaint: str
) -> None:
    edit(zone, number, change)
    assert any(problem.startswith(complaint) for problem in problems(zone))


def test_file_missing_from_the_manifest_is_detected(zone: LandingZone) -> None:
    """Rows of an entry that nothing holds any more, as after a rewrite that lost some."""
    edit(zone, 1, lambda entry: entry.update(files=[]))
    assert f"{TABLE}: the manifest adds up to 6 rows, the files have 3" in problems(zone)


def test_missing_manifest_entry_is_the_only_reported_problem(zone: LandingZone) -> None:
    zone.entry_path(2).unlink()
    (problem,) = problems(zone)
    assert "manifest entry 2" in problem
