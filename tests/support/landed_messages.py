"""Landed and quarantined messages of one topic, as the Kafka ingestion writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.topics import TopicSpec
from ingestion.kafka.columns import SCHEMA
from ingestion.kafka.message_validator import LANDED
from ingestion.landing import Counts, LandingZone, ManifestEntry, parquet
from tests.support.sample_events import deal, encoded

TOPIC = "sales.funnel"
EVENTS, QUARANTINE = f"events/{TOPIC}", "quarantine/kafka"
#: Time of offset 0; each message comes a day after the one before.
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def time_of(offset: int) -> datetime:
    return FIRST + timedelta(days=offset)


def messages(offsets: Sequence[int], **more: str) -> pa.RecordBatch:
    rows: list[dict[str, Any]] = [
        {
            "topic": TOPIC,
            "partition": 0,
            "offset": offset,
            "timestamp": time_of(offset),
            "value": encoded(deal(id=f"e-{offset}")),
            **more,
        }
        for offset in offsets
    ]
    schema = pa.schema([*SCHEMA, *(pa.field(name, pa.string()) for name in more)])
    return pa.RecordBatch.from_pylist(rows, schema)


def land_messages(
    zone: LandingZone,
    good: Sequence[int],
    bad: Sequence[int] = (),
    *,
    topic_id: str = "one",
    end: int | None = None,
) -> ManifestEntry:
    """Lands good messages and sets bad ones aside, as one batch up to `end`."""
    with zone.batch("kafka") as batch:
        for offsets, dataset, kind, more in (
            (good, EVENTS, "data", {}),
            (bad, QUARANTINE, "quarantine", {"stage": "contract", "reason": "unknown_type"}),
        ):
            found = messages(offsets, **more)
            parquet.write(batch.stage(dataset, kind), found.schema, [found])  # type: ignore[arg-type]
        counts = Counts("events", len(good) + len(bad), len(good), len(bad))
        ends = {"0": max([*good, *bad]) + 1 if end is None else end}
        batch.record(EVENTS, counts, {"topic_id": topic_id, "partitions": ends})
        entry = batch.commit()
    assert entry is not None
    return entry


def every_third(_topic: TopicSpec, found: Iterable[pa.RecordBatch], good: Path, _bad: Path) -> None:
    """A contract that has become laxer: offsets that three divides are good now."""
    table = pa.Table.from_batches(found, None)
    offsets = table["offset"]
    thirds = pc.multiply(pc.divide(offsets, 3), 3)
    landed = table.filter(pc.equal(offsets, thirds)).select(SCHEMA.names)
    if landed.num_rows:
        landed = landed.append_column("document", pa.nulls(landed.num_rows, pa.string()))
        pq.write_table(landed.cast(LANDED), good)
