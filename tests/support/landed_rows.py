"""Small landed files for the tests of the landing zone and of what reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.landing import Batch, Counts, LandingZone, ManifestEntry, ValidationResult, parquet
from ingestion.landing.scan import scan

TABLE = "oltp/sales.product"


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


def land_versions(
    zone: LandingZone,
    upserts: Sequence[int],
    deletes: Sequence[int] = (),
    *,
    dataset: str = TABLE,
    sku: str | None = None,
) -> ManifestEntry:
    """Row versions as the PostgreSQL reader lands them; without a sku that column is missing."""
    ids = [*upserts, *deletes]
    columns: dict[str, Any] = {
        "id": pa.array(ids, pa.int64()),
        "name": pa.array([f"product {i}" for i in upserts] + [None] * len(deletes), pa.string()),
        "unit_price": pa.array([None] * len(ids), pa.decimal128(18, 2)),
        "_op": pa.array(["upsert"] * len(upserts) + ["delete"] * len(deletes), pa.string()),
        "_source": pa.array([dataset.partition("@")[2] or "oltp"] * len(ids), pa.string()),
        "_issues": pa.array([None] * len(ids), pa.string()),
        "_xid": pa.array([7] * len(upserts) + [None] * len(deletes), pa.int64()),
    }
    if sku is not None:
        columns["sku"] = pa.array([sku] * len(ids), pa.string())
    rows = pa.record_batch(columns)
    with zone.batch("oltp") as batch:
        parquet.write(batch.stage(dataset), rows.schema, [rows])
        counts = Counts("delta", len(upserts), len(upserts), rows_deleted=len(deletes))
        batch.record(dataset, counts, {"horizon": 7})
        entry = batch.commit()
    assert entry is not None
    return entry


def pass_all(zone: LandingZone) -> None:
    """Everything landed so far is reviewed and good."""
    if pending := list(zone.state().unvalidated):
        zone.commit_validation(
            [ValidationResult(number, dataset, "passed") for number, dataset in pending]
        )


def rows(zone: LandingZone, dataset: str, *columns: str) -> list[tuple[Any, ...]]:
    """The dataset's landed rows in order: `_seq`, then the columns."""
    listed = ", ".join(f'"{column}"' for column in columns)
    with zone.reading(), duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        query = f"select _seq, {listed} from ({scan(zone, dataset, columns)}) order by all"
        return connection.execute(query).fetchall()


def files_on_disk(zone: LandingZone) -> set[str]:
    return {str(path.relative_to(zone.root)) for path in zone.root.rglob("*.parquet")}


def files_in_manifest(zone: LandingZone) -> set[str]:
    return {file.path for _, file in zone.live()}
