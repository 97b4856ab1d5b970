"""Compaction: merge many small files of a dataset; logical rows do not change.

Compaction is size-tiered: files of similar size are merged once there are enough of them. So a row
is rewritten only when its file grows eightfold, and the number of files grows with the logarithm of
the landed data. Readers open every file, so the number of files is what costs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.landing.checksum import verify_checksum
from ingestion.landing.manifest import LandedFile
from ingestion.landing.rewrite import merge_schemas, rewrite
from ingestion.landing.zone import LandingZone

SOURCE = "compaction"
#: Number of files of one tier that are merged, and the size ratio between tiers. A smaller number
#: rewrites rows more often; a larger one leaves more files to readers.
FAN_IN = 8
#: Below this size, opening a file costs more than reading it; all such files form one tier.
SMALLEST_BYTES = 1 << 20
#: Files of this size are not merged again: opening them costs nothing compared with reading them.
LARGEST_BYTES = 256 << 20


@dataclass(frozen=True)
class Merge:
    """A merge of several files into one.

    Attributes:
        dataset: As in `LandedFile`.
        files: Number of replaced files.
        rows: Rows in the new file.
        bytes_before: Total size of the replaced files.
        bytes_after: Size of the new file.
    """

    dataset: str
    files: int
    rows: int
    bytes_before: int
    bytes_after: int


@dataclass(frozen=True)
class CompactReport:
    """Result of a compaction: all merges, in order; empty if there was nothing to merge."""

    merges: tuple[Merge, ...] = ()


def compact(
    zone: LandingZone, *, progress: Callable[[str, int], None] | None = None
) -> CompactReport:
    """Merge small files, dataset by dataset; each merge is a separate commit.

    Rows that are held or not validated yet stay in their files. Superseded files are deleted as
    soon as no process reads them.

    Args:
        zone: The landing zone.
        progress: Called with dataset and rows written so far.

    Raises:
        AffiliateError: a file is lost or damaged, or the disk is full; earlier merges are kept.
        ConcurrentRunError: another run rewrote the same files at the same time.
    """
    merges: list[Merge] = []
    for dataset in sorted({file.dataset for _, file in zone.live()}):
        report = partial(progress, dataset) if progress else None
        with zone.reading():
            while files := _choose(zone, dataset):
                merges.append(_merge(zone, dataset, files, report))
    zone.vacuum()
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
    """Return the files to merge next, oldest first; empty if no tier has enough files."""
    state = zone.state()
    pending = state.first_pending(dataset)
    tiers: dict[int, list[tuple[int, LandedFile]]] = defaultdict(list)
    for number, file in zone.live(dataset):
        if file.bytes < LARGEST_BYTES and max(state.numbers[file.path]) < pending:
            tiers[_tier(file.bytes)].append((number, file))
    for _, files in sorted(tiers.items()):
        if len(files) >= FAN_IN:
            for group in _by_schema(zone, files):
                if len(group) >= FAN_IN:
                    return _up_to_largest(group)
    return []


def _by_schema(
    zone: LandingZone, files: list[tuple[int, LandedFile]]
) -> list[list[tuple[int, LandedFile]]]:
    """Group files whose common columns have the same types."""
    schemas: list[pa.Schema] = []
    groups: list[list[tuple[int, LandedFile]]] = []
    for number, file in files:
        verify_checksum(zone, file)
        schema = pq.read_schema(zone.path(file))
        merged = [merge_schemas(other, schema) for other in schemas]
        index = next((i for i, both in enumerate(merged) if both is not None), len(groups))
        if index == len(groups):
            schemas.append(schema)
            groups.append([])
        else:
            schemas[index] = merged[index]
        groups[index].append((number, file))
    return groups


def _up_to_largest(files: list[tuple[int, LandedFile]]) -> list[tuple[int, LandedFile]]:
    """Return the oldest files whose total size just reaches the limit of one file."""
    size, chosen = 0, []
    for number, file in files:
        if size >= LARGEST_BYTES:
            break
        chosen.append((number, file))
        size += file.bytes
    return chosen


def _tier(size: int) -> int:
    return max(0, math.ceil(math.log(size / SMALLEST_BYTES, FAN_IN)))
