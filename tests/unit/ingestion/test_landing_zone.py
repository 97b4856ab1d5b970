"""The landing zone says exactly what was committed, and nothing else stays on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.durable_files import sha256
from core.errors import AffiliateError
from ingestion.landing import ConcurrentRunError, Counts, LandingZone, parquet
from tests.support.landed_rows import (
    files_in_manifest,
    files_on_disk,
    land,
    stage_rows,
    write_rows,
)

PRODUCTS, ORDERS = "oltp/sales.product", "oltp/sales.order_header"


def test_entry_describes_its_files(zone: LandingZone) -> None:
    entry = land(zone, PRODUCTS, [1, 2, 3])
    (file,) = entry.files
    assert file.path == f"{PRODUCTS}/{entry.batch}.parquet"
    assert (file.rows, file.bytes) == (3, zone.path(file).stat().st_size)
    assert file.sha256 == sha256(zone.path(file))
    assert pq.read_table(zone.path(file)).column("id").to_pylist() == [1, 2, 3]


def test_highest_entry_defines_the_state(zone: LandingZone) -> None:
    land(zone, PRODUCTS, [1], position=7)
    land(zone, ORDERS, [1], position=8)
    latest = LandingZone(zone.root).latest
    assert latest is not None
    assert latest.number == 2
    assert latest.positions == {PRODUCTS: {"end": 7}, ORDERS: {"end": 8}}


def test_entries_survive_json_round_trip(zone: LandingZone) -> None:
    entry = land(zone, PRODUCTS, [1])
    assert LandingZone(zone.root).latest == entry


@pytest.mark.parametrize("ids", [None, []], ids=["no file", "an empty file"])
def test_empty_batch_leaves_no_files(zone: LandingZone, ids: list[int] | None) -> None:
    with zone.batch("oltp") as batch:
        if ids is not None:
            write_rows(batch.stage(PRODUCTS), ids)
        batch.record(PRODUCTS, Counts("delta"), {"end": 99})
        assert batch.commit() is None
    assert zone.latest is None
    assert files_on_disk(zone) == set()


@pytest.mark.parametrize(
    ("counts", "complaint"),
    [
        (Counts("full", rows_read=3, rows_landed=2), "do not add up"),
        (Counts("full", rows_read=3, rows_landed=3), "2 rows written, 3 expected"),
        (
            Counts("full", rows_read=3, rows_landed=2, rows_quarantined=1),
            "0 rows written, 1 expected",
        ),
    ],
    ids=["a row is missing", "less was written", "quarantine was not written"],
)
def test_inconsistent_row_counts_are_rejected(
    zone: LandingZone, counts: Counts, complaint: str
) -> None:
    with zone.batch("oltp") as batch:
        write_rows(batch.stage(PRODUCTS), [1, 2])
        batch.record(PRODUCTS, counts, {})
        with pytest.raises(AffiliateError, match=complaint):
            batch.commit()
    assert zone.latest is None
    assert files_on_disk(zone) == set()


def test_slower_of_two_runs_over_one_dataset_lands_nothing(zone: LandingZone) -> None:
    other = LandingZone(zone.root)
    with zone.batch("oltp") as slow, other.batch("oltp") as fast:
        stage_rows(slow, PRODUCTS, [1, 2], position=1)
        stage_rows(fast, PRODUCTS, [1, 2, 3], position=2)
        won = fast.commit()
        with pytest.raises(ConcurrentRunError, match="another run landed"):
            slow.commit()
    assert LandingZone(zone.root).latest == won
    assert files_on_disk(zone) == files_in_manifest(zone)


def test_runs_over_different_datasets_do_not_conflict(zone: LandingZone) -> None:
    other = LandingZone(zone.root)
    with zone.batch("oltp") as slow, other.batch("kafka") as fast:
        stage_rows(slow, PRODUCTS, [1], position=1)
        stage_rows(fast, "events/sales.funnel", [1], position=2)
        fast.commit()
        entry = slow.commit()
    assert entry is not None
    assert entry.number == 2
    assert entry.positions == {PRODUCTS: {"end": 1}, "events/sales.funnel": {"end": 2}}


def test_vacuum_keeps_files_that_are_being_written(zone: LandingZone) -> None:
    with zone.batch("oltp") as batch:
        staged = batch.stage(PRODUCTS)
        write_rows(staged, [1])
        linked = zone.root / PRODUCTS / f"{batch.name}.parquet"
        linked.parent.mkdir(parents=True)
        os.link(staged, linked)  # as if it stood just before its entry
        LandingZone(zone.root).vacuum()
        assert linked.exists()
        assert staged.exists()


def test_vacuum_deletes_orphaned_files(zone: LandingZone) -> None:
    kept = land(zone, PRODUCTS, [1])
    orphan = zone.root / PRODUCTS / "20200101T000000-00000000.parquet"
    write_rows(orphan, [666])
    dead = zone.root / ".aside" / "20200101T000000-00000000"
    dead.mkdir()
    zone.vacuum()
    assert not orphan.exists()
    assert not dead.exists()
    assert zone.path(kept.files[0]).exists()


@pytest.mark.parametrize("entry", ["", "{"], ids=["removed", "cut"])
def test_damaged_manifest_raises_error(zone: LandingZone, entry: str) -> None:
    land(zone, PRODUCTS, [1])
    land(zone, PRODUCTS, [2])
    first = zone.entry_path(1)
    first.unlink()
    if entry:
        first.write_text(entry)
    else:
        land_again = zone.entry_path(3)
        land_again.write_text(zone.entry_path(2).read_text())
    with pytest.raises(AffiliateError, match=r"manifest entry 1 .* missing or damaged"):
        LandingZone(zone.root).entries()


def _write_to_a_full_device(zone: LandingZone) -> None:
    with zone.batch("oltp") as batch:
        path = batch.stage(PRODUCTS)
        path.symlink_to("/dev/full")
        write_rows(path, [1])


def test_full_disk_error_is_one_line(zone: LandingZone) -> None:
    with pytest.raises(AffiliateError, match=r"the disk is full at .*/landing: what was committed"):
        _write_to_a_full_device(zone)
    assert zone.latest is None


def test_files_are_private_and_immutable(zone: LandingZone) -> None:
    file = zone.path(land(zone, PRODUCTS, [1]).files[0])
    assert file.stat().st_mode & 0o777 == 0o400
    assert {path.stat().st_mode & 0o077 for path in (zone.root, *file.parents[:2])} == {0}


def test_file_footers_contain_no_text_values(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    batch = pa.record_batch({"id": [1, 2], "email": ["ann@example.org", "zoe@example.org"]})
    parquet.write(path, batch.schema, [batch])
    row_group = pq.read_metadata(path).row_group(0)
    assert row_group.column(0).statistics.max == 2
    assert row_group.column(1).statistics is None
