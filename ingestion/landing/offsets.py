"""Verify that every offset is landed or quarantined at most once, in the range of its batch."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing

import duckdb
import pyarrow as pa

from core import sql
from core.duckdb_session import connect
from ingestion.landing.manifest import ManifestEntry
from ingestion.landing.scan import scan_files
from ingestion.landing.zone import LandingZone

TOPICS = "events/"
#: Column of replayed messages: number of the entry that had quarantined them.
ORIGIN = "_quarantined"

RANGES = pa.schema(
    {
        "dataset": pa.string(),
        "entry": pa.int64(),
        "partition": pa.int32(),
        "first_offset": pa.int64(),
        "end_offset": pa.int64(),
    }
)


def invalid_offsets(zone: LandingZone) -> list[str]:
    """Return one line per partition with repeated offsets, or offsets outside the batch's range."""
    ranges = list(_ranges(zone.entries()))
    if not ranges:
        return []
    with tempfile.TemporaryDirectory() as spill, closing(connect()) as connection:
        connection.execute(f"set temp_directory = {sql.text(spill)}")
        connection.register("ranges", pa.Table.from_pylist(ranges, RANGES))
        connection.execute(f"create view messages as {_messages(zone)}")
        try:
            found = connection.execute(sql.load(__package__, "invalid_offsets")).fetchall()
        except duckdb.Error as error:
            return [f"the offsets could not be compared ({type(error).__name__})"]
    return [_line(*row) for row in found]


def _line(
    dataset: str,
    entry: int,
    partition: int,
    first: int | None,
    end: int | None,
    outside: int,
    repeated: int,
) -> str:
    where = f"{dataset}, manifest entry {entry}, partition {partition}"
    if first is None:
        return f"{where}: {outside} messages of a partition that the entry did not read"
    if outside:
        return f"{where}: {outside} offsets are outside the range that was read, [{first}, {end})"
    return f"{where}: {repeated} offsets occur more than once"


def _ranges(entries: list[ManifestEntry]) -> Iterator[dict[str, object]]:
    """Yield the range of offsets that each batch read: it starts where the previous one ended."""
    ends: dict[tuple[str, str], dict[str, int]] = {}
    for entry in entries:
        for dataset in entry.sources_read():
            position = entry.positions.get(dataset, {})
            # offsets of a recreated topic start at 0
            before = ends.setdefault((dataset, str(position.get("topic_id"))), {})
            for partition, end in position.get("partitions", {}).items():
                yield {
                    "dataset": dataset,
                    "entry": entry.number,
                    "partition": int(partition),
                    "first_offset": before.get(partition, 0),
                    "end_offset": end,
                }
                before[partition] = end


def _messages(zone: LandingZone) -> str:
    """Return SQL for (dataset, entry, partition, offset) of every landed or quarantined message."""
    topics = sorted({file.dataset for _, file in zone.live() if file.dataset.startswith(TOPICS)})
    selects = []
    for dataset in topics:
        scanned = scan_files(zone, zone.files(dataset), ("partition", "offset", ORIGIN))
        selects.append(
            sql.load(
                __package__,
                "landed_offsets",
                dataset_name=sql.text(dataset),
                messages=f"({scanned})",
            )
        )
    quarantine = [found for found in zone.live() if found[1].kind == "quarantine"]
    scanned = scan_files(zone, quarantine, ("topic", "partition", "offset"))
    selects.append(sql.load(__package__, "quarantined_offsets", messages=f"({scanned})"))
    return "\nunion all\n".join(selects)
