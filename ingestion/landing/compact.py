"""Compaction: many small files of a dataset become one; no logical row changes.

Size-tiered: files of about one size are merged when there are enough of them, so a row is written
again only as often as its file grows eightfold, and the number of files grows with the logarithm of
what was landed. A reader opens each file, so it is their number that costs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.landing.checksum import check
from ingestion.landing.manifest import LandedFile
from ingestion.landing.rewrite import merge_schemas, rewrite
from ingestion.landing.zone import LandingZone

SOURCE = "compaction"
#: Files of one tier that are worth a merge, and how much larger each tier is than the one below.
#: Fewer write rows more often; more leave readers with more files.
FAN_IN = 8
#: Below this, opening a file costs more than reading it: all such files are of one tier.
SMALLEST_BYTES = 1 << 20
#: A file of this size is not merged again: reading it is all cost, opening it none.
LARGEST_BYTES = 256 << 20


@dataclass(frozen=True)
class Merge:
    """One file that replaced several.

    Attributes:
        dataset: As in `LandedFile`.
        files: How many it replaced.
        rows: Rows in it.
        bytes_before: Sum over the replaced files.
        bytes_after: Size of the new one.
    """

    dataset: str
    files: int
    rows: int
    bytes_before: int
    bytes_after: int


@dataclass(frozen=True)
class CompactReport:
    """What a compaction did: every merge, in order; empty when there was too little to merge."""

    merges: tuple[Merge, ...] = ()


def compact(
    zone: LandingZone, *, progress: Callable[[str, int], None] | None = None
) -> CompactReport:
    """Merges small files, dataset by dataset; each merge is committed by itself.

    Rows that are held or not reviewed yet stay in the files they were landed in. The replaced files
    are removed as soon as nobody reads them.

    Args:
        zone: The landing zone.
        progress: Called with dataset and rows written so far.

    Raises:
        AffiliateError: a file is lost or damaged, or the disk is full; merges before it stand.
        ConcurrentRunError: another run rewrote the same files meanwhile.
    """
    merges: list[Merge] = []
    for dataset in sorted({file.dataset for _, file in zone.live()}):
        tell = partial(progress, dataset) if progress else None
        with zone.reading():
            while files := _choose(zone, dataset):
                merges.append(_merge(zone, dataset, files, tell))
    zone.sweep()
    return CompactReport(tuple(merges))


def _merge(
    zone: LandingZone,
    dataset: str,
    files: list[tuple[int, LandedFile]],
    progress: Callable[[int], None] | None,
) -> Merge:
    with zone.batch(SOURCE) as batch:
        path = batch.stage(dataset, files[0][1].kind)
        rows = rewrite(zone, files, path, progress=progress)
        size = path.stat().st_size
        batch.replace(file for _, file in files)
        batch.commit()
    return Merge(dataset, len(files), rows, sum(file.bytes for _, file in files), size)


def _choose(zone: LandingZone, dataset: str) -> list[tuple[int, LandedFile]]:
    """The files to merge next, oldest first; none if no tier has enough of them."""
    state = zone.state()
    unsettled = state.first_unsettled(dataset)
    tiers: dict[int, list[tuple[int, LandedFile]]] = defaultdict(list)
    for number, file in zone.live(dataset):
        if file.bytes < LARGEST_BYTES and max(state.numbers[file.path]) < unsettled:
            tiers[_tier(file.bytes)].append((number, file))
    for _, files in sorted(tiers.items()):
        if len(files) >= FAN_IN:
            for group in _alike(zone, files):
                if len(group) >= FAN_IN:
                    return _up_to_largest(group)
    return []


def _alike(
    zone: LandingZone, files: list[tuple[int, LandedFile]]
) -> list[list[tuple[int, LandedFile]]]:
    """The files in groups whose columns have the same types, though not all have all columns."""
    schemas: list[pa.Schema] = []
    groups: list[list[tuple[int, LandedFile]]] = []
    for number, file in files:
        check(zone, file)
        schema = pq.read_schema(zone.path(file))
        merged = [merge_schemas(other, schema) for other in schemas]
        place = next((i for i, both in enumerate(merged) if both is not None), len(groups))
        if place == len(groups):
            schemas.append(schema)
            groups.append([])
        else:
            schemas[place] = merged[place]
        groups[place].append((number, file))
    return groups


def _up_to_largest(files: list[tuple[int, LandedFile]]) -> list[tuple[int, LandedFile]]:
    """The oldest files that together are not much larger than the largest file should be."""
    size, chosen = 0, []
    for number, file in files:
        if size >= LARGEST_BYTES:
            break
        chosen.append((number, file))
        size += file.bytes
    return chosen


def _tier(size: int) -> int:
    return max(0, math.ceil(math.log(size / SMALLEST_BYTES, FAN_IN)))
