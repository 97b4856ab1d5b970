"""Every offset of a topic is landed or quarantined at most once, within the range of its batch."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing

import duckdb
import pyarrow as pa

from core.duckdb_session import connect
from core.sql import quote
from ingestion.landing.manifest import ManifestEntry
from ingestion.landing.scan import scan_files
from ingestion.landing.zone import LandingZone

TOPICS = "events/"
#: Column of replayed messages: number of the entry that had set them aside.
ORIGIN = "_quarantined"

RANGES = pa.schema(
    {
        "dataset": pa.string(),
        "entry": pa.int64(),
        "partition": pa.int32(),
        "first": pa.int64(),
        "end": pa.int64(),
    }
)
WRONG = """
select dataset, entry, partition, first, r.end,
    count(*) filter (first is null or "offset" < first or "offset" >= r.end) as outside,
    count(*) - count(distinct "offset") as doubled
from messages left join ranges as r using (dataset, entry, partition)
group by all having outside > 0 or doubled > 0 order by entry, dataset, partition
"""


def misplaced(zone: LandingZone) -> list[str]:
    """Offsets that are doubled or that their batch cannot have read, one line per partition."""
    ranges = list(_ranges(zone.entries()))
    if not ranges:
        return []
    with tempfile.TemporaryDirectory() as spill, closing(connect()) as connection:
        connection.execute(f"SET temp_directory = '{quote(spill)}'")
        connection.register("ranges", pa.Table.from_pylist(ranges, RANGES))
        connection.execute(
            f'create view messages (dataset, entry, partition, "offset") as {_messages(zone)}'
        )
        try:
            found = connection.execute(WRONG).fetchall()
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
    doubled: int,
) -> str:
    place = f"{dataset}, manifest entry {entry}, partition {partition}"
    if first is None:
        return f"{place}: {outside} messages of a partition that the entry did not read"
    if outside:
        return f"{place}: {outside} offsets are not in the range read, {first} to before {end}"
    return f"{place}: {doubled} offsets are there more than once"


def _ranges(entries: list[ManifestEntry]) -> Iterator[dict[str, object]]:
    """What each batch read of each partition: from where the one before it ended."""
    ends: dict[tuple[str, str], dict[str, int]] = {}
    for entry in entries:
        for dataset in entry.sources_read():
            position = entry.positions.get(dataset, {})
            # a topic that was created again counts from its beginning
            before = ends.setdefault((dataset, str(position.get("topic_id"))), {})
            for partition, end in position.get("partitions", {}).items():
                yield {
                    "dataset": dataset,
                    "entry": entry.number,
                    "partition": int(partition),
                    "first": before.get(partition, 0),
                    "end": end,
                }
                before[partition] = end


def _messages(zone: LandingZone) -> str:
    """SQL for (dataset, entry, partition, offset) of every landed and quarantined message."""
    place = ("partition", "offset")
    topics = sorted({file.dataset for _, file in zone.live() if file.dataset.startswith(TOPICS)})
    selects = [
        f"select '{quote(dataset)}' as dataset, coalesce({ORIGIN}, _seq) as entry, "
        f'partition, "offset" from ({scan_files(zone, zone.files(dataset), (*place, ORIGIN))})'
        for dataset in topics
    ]
    aside = [found for found in zone.live() if found[1].kind == "quarantine"]
    selects.append(
        f"select '{TOPICS}' || topic::text, _seq, partition::integer, \"offset\"::bigint "
        f"from ({scan_files(zone, aside, ('topic', *place))}) where topic is not null"
    )
    return " union all ".join(selects)
