"""Compaction leaves fewer files and the same rows."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import AffiliateError
from ingestion.landing import ConcurrentRunError, Counts, LandingZone, ValidationResult, parquet
from ingestion.landing.compact import FAN_IN, compact
from ingestion.landing.rewrite import rewrite
from ingestion.landing.verify import verify
from tests.support.landed_messages import EVENTS, QUARANTINE, land_messages
from tests.support.landed_rows import (
    TABLE,
    files_in_manifest,
    files_on_disk,
    land_versions,
    pass_all,
    rows,
)

COLUMNS = ("id", "name", "sku", "unit_price", "_op", "_source", "_issues", "_xid")


def land_many(zone: LandingZone, count: int = FAN_IN) -> None:
    """Batches some of which have a column more, and deletes without most values."""
    for number in range(count):
        land_versions(zone, [number, 100], [number - 1], sku="new" if number % 2 else None)


def test_rows_keep_their_values_and_their_numbers(zone: LandingZone) -> None:
    land_many(zone)
    pass_all(zone)
    before = rows(zone, TABLE, *COLUMNS)
    seen: list[tuple[str, int]] = []
    (merge,) = compact(zone, progress=lambda *told: seen.append(told)).merges
    assert (merge.dataset, merge.files, merge.rows) == (TABLE, FAN_IN, 3 * FAN_IN)
    assert rows(zone, TABLE, *COLUMNS) == before
    assert seen == [(TABLE, 3 * FAN_IN)]
    assert len(zone.files(TABLE)) == 1
    assert files_on_disk(zone) == files_in_manifest(zone)
    assert verify(zone).problems == ()


def test_types_are_kept(zone: LandingZone) -> None:
    for number in range(FAN_IN):
        land_messages(zone, [number], [100 + number])
    (_, landed) = zone.files(EVENTS)[0]
    before = pq.read_schema(zone.path(landed))
    pass_all(zone)
    assert {merge.dataset for merge in compact(zone).merges} == {EVENTS, QUARANTINE}
    ((_, merged),) = zone.files(EVENTS)
    assert pq.read_schema(zone.path(merged)) == before.append(pa.field("_seq", pa.int64()))


def test_compaction_reads_no_source(zone: LandingZone) -> None:
    land_many(zone)
    pass_all(zone)
    latest = zone.latest
    compact(zone)
    entry = zone.latest
    assert entry is not None
    assert latest is not None
    assert (entry.source, entry.datasets, entry.dropped) == ("compaction", {}, {})
    assert entry.positions == latest.positions
    assert len(entry.replaces) == FAN_IN


def test_few_files_are_not_compacted(zone: LandingZone) -> None:
    land_many(zone, FAN_IN - 1)
    pass_all(zone)
    assert compact(zone).merges == ()
    assert len(zone.files(TABLE)) == FAN_IN - 1


def test_compacted_files_are_compacted_again(
    zone: LandingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.landing.compact.FAN_IN", 2)
    for number in range(4):
        land_versions(zone, [number])
        pass_all(zone)
        compact(zone)
    assert [row[:2] for row in rows(zone, TABLE, "id")] == [(1, 0), (3, 1), (6, 2), (9, 3)]
    assert len(zone.files(TABLE)) == 1


@pytest.mark.parametrize("outcome", [None, "held"])
def test_unvalidated_and_held_rows_are_not_compacted(
    zone: LandingZone, outcome: str | None
) -> None:
    land_many(zone)
    pass_all(zone)
    entry = land_versions(zone, [7])
    if outcome:
        zone.commit_validation([ValidationResult(entry.number, TABLE, "held", ("too few",))])
    compact(zone)
    assert len(zone.files(TABLE)) == 2
    assert zone.path(entry.files[0]).exists()


def test_files_with_different_column_types_are_not_merged(zone: LandingZone) -> None:
    for number in range(2 * FAN_IN):
        value = pa.array([number]) if number % 2 else pa.array([str(number)])
        found = pa.record_batch({"id": pa.array([number]), "value": value})
        with zone.batch("oltp") as batch:
            parquet.write(batch.stage(TABLE), found.schema, [found])
            batch.record(TABLE, Counts("full", 1, 1), {})
            batch.commit()
    pass_all(zone)
    assert [merge.files for merge in compact(zone).merges] == [FAN_IN, FAN_IN]
    kinds = {str(pq.read_schema(zone.path(f)).field("value").type) for _, f in zone.files(TABLE)}
    assert kinds == {"int64", "string"}


def test_damaged_file_is_not_compacted(zone: LandingZone) -> None:
    land_many(zone)
    pass_all(zone)
    path = zone.path(zone.files(TABLE)[3][1])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(AffiliateError, match=f"{path.name} is damaged"):
        compact(zone)
    assert len(zone.files(TABLE)) == FAN_IN


def test_files_in_use_are_deleted_after_the_last_reader(zone: LandingZone) -> None:
    land_many(zone)
    pass_all(zone)
    with zone.reading():
        paths = [zone.path(file) for _, file in zone.files(TABLE)]
        compact(LandingZone(zone.root))
        assert all(path.exists() for path in paths)
    zone.vacuum()
    assert files_on_disk(zone) == files_in_manifest(zone)
    assert not any(path.exists() for path in paths)


def test_slower_of_two_compactions_changes_nothing(zone: LandingZone) -> None:
    land_many(zone)
    pass_all(zone)
    before = rows(zone, TABLE, *COLUMNS)
    chosen = zone.files(TABLE)
    other = LandingZone(zone.root)
    # the other one commits after these files were chosen, and before this batch begins
    with zone.reading():
        assert len(compact(other).merges) == 1
        with zone.batch("compaction") as slow:
            rewrite(zone, chosen, slow.stage(TABLE))
            slow.replace(file for _, file in chosen)
            with pytest.raises(ConcurrentRunError, match="rewrote the same files"):
                slow.commit()
    zone.vacuum()
    assert rows(zone, TABLE, *COLUMNS) == before
    assert files_on_disk(zone) == files_in_manifest(zone)


def test_ingestion_can_run_during_compaction(
    zone: LandingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.landing.compact.FAN_IN", 2)
    landed = threading.Event()

    def merge() -> None:
        other = LandingZone(zone.root)
        while not landed.is_set():
            pass_all(other)
            compact(other)

    with ThreadPoolExecutor(1) as pool:
        merging = pool.submit(merge)
        for number in range(20):
            land_versions(zone, [number])
        landed.set()
        merging.result()
    pass_all(zone)
    compact(zone)
    assert [key for _, key in rows(zone, TABLE, "id")] == list(range(20))
    assert len(zone.files(TABLE)) == 1
    assert verify(LandingZone(zone.root)).problems == ()
