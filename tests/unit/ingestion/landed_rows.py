"""Small landed files for the tests of the landing zone and of what reads it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from ingestion.landing import Batch, Counts, LandingZone, ManifestEntry, parquet


def write_rows(path: Path, ids: list[int]) -> None:
    batch = pa.record_batch({"id": pa.array(ids, pa.int64())})
    parquet.write(path, batch.schema, [batch])


def stage_rows(batch: Batch, dataset: str, ids: list[int], position: int = 1) -> None:
    write_rows(batch.stage(dataset), ids)
    counts = Counts("full", rows_read=len(ids), rows_landed=len(ids))
    batch.record(dataset, counts, {"end": position})


def land(zone: LandingZone, dataset: str, ids: list[int], position: int = 1) -> ManifestEntry:
    with zone.batch("oltp") as batch:
        stage_rows(batch, dataset, ids, position)
        entry = batch.commit()
    assert entry is not None
    return entry


def files_on_disk(zone: LandingZone) -> set[str]:
    return {str(path.relative_to(zone.root)) for path in zone.root.rglob("*.parquet")}


def files_in_manifest(zone: LandingZone) -> set[str]:
    return {file.path for entry in zone.entries() for file in entry.files}
