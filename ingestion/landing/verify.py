"""The whole landing zone counted again: every file, every entry, every sum and every offset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import AffiliateError
from ingestion.landing import parquet
from ingestion.landing.checksum import fault
from ingestion.landing.conservation import imbalances, shelf, standing
from ingestion.landing.manifest import REPLAY, LandedFile, ManifestEntry
from ingestion.landing.offsets import misplaced
from ingestion.landing.rewrite import SEQ
from ingestion.landing.state import State
from ingestion.landing.zone import LandingZone

READ_ROWS = 50_000


@dataclass(frozen=True)
class VerifyReport:
    """What was counted, and what is wrong with it.

    Attributes:
        entries: Manifest entries read.
        files: Live files whose checksum and rows were compared with the manifest.
        rows: Rows found in them, decoded one by one.
        bytes: Their size.
        landed: Rows ever landed, deletes included.
        quarantined: Rows ever set aside.
        recovered: Those that a replay landed since.
        dropped: Rows that retention or an erasure removed.
        problems: One clear line each; empty when everything adds up.
    """

    entries: int = 0
    files: int = 0
    rows: int = 0
    bytes: int = 0
    landed: int = 0
    quarantined: int = 0
    recovered: int = 0
    dropped: int = 0
    problems: tuple[str, ...] = ()


def verify(
    zone: LandingZone, *, progress: Callable[[str, int], None] | None = None
) -> VerifyReport:
    """Counts every live file and compares it with the manifest, and the manifest with itself.

    Args:
        zone: The landing zone; nothing in it is changed.
        progress: Called with a file's path and the rows counted so far.
    """
    try:
        state = zone.state()
    except AffiliateError as error:
        return VerifyReport(problems=(str(error),))
    problems = [*_manifest(state), *_sums(state)]
    rows: Counter[str] = Counter()
    size = 0
    with zone.reading():
        live = zone.live()
        for _, file in live:
            counted, found = _count(zone, file)
            problems += found
            rows[shelf(file.dataset)] += counted
            size += file.bytes
            if progress:
                progress(file.path, rows.total())
        if not problems:
            problems += misplaced(zone)
    due = standing(state.entries)
    problems += [
        f"{name}: by all entries together {due[name]} rows should stand, {rows[name]} were counted"
        for name in sorted({*due, *rows})
        if due[name] != rows[name]
    ]
    return VerifyReport(
        len(state.entries), len(live), rows.total(), size, *_totals(state.entries), tuple(problems)
    )


def _manifest(state: State) -> Iterator[str]:
    """What the entries contradict each other in."""
    live: set[str] = set()
    batches: set[str] = set()
    for place, entry in enumerate(state.entries, start=1):
        name = f"manifest entry {place}"
        if entry.number != place:
            yield f"{name} says it is number {entry.number}"
        if entry.batch in batches:
            yield f"{name}: its batch {entry.batch} is also another entry's"
        if lost := sorted(set(entry.replaces) - live):
            yield f"{name} replaces {lost[0]}, which did not stand then"
        if entry.sources_read() - entry.positions.keys():
            yield f"{name} read a dataset and does not say up to where"
        if any(verdict.entry >= entry.number for verdict in entry.verdicts):
            yield f"{name} judges an entry that comes after it"
        batches.add(entry.batch)
        live -= set(entry.replaces)
        live |= {file.path for file in entry.files}


def _sums(state: State) -> Iterator[str]:
    for entry in state.entries:
        replaced = [state.files[path][1] for path in entry.replaces if path in state.files]
        for problem in imbalances(entry.files, entry.datasets, replaced, entry.dropped):
            yield f"manifest entry {entry.number}: {problem}"


def _count(zone: LandingZone, file: LandedFile) -> tuple[int, list[str]]:
    """Rows found by decoding all pages of a file, and what is wrong with it."""
    if damage := fault(zone, file):
        return 0, [damage]
    path, rows = zone.path(file), 0
    numbers: set[int] = set()
    try:
        with pq.ParquetFile(path) as parquet_file:
            for batch in parquet_file.iter_batches(READ_ROWS):
                batch.validate(full=True)
                rows += batch.num_rows
                if SEQ in batch.schema.names:
                    numbers.update(pc.unique(batch.column(SEQ)).to_pylist())
    except (pa.ArrowException, OSError) as error:
        return rows, [f"{path} cannot be read ({type(error).__name__}): restore it"]
    problems = []
    if rows != file.rows:
        problems.append(f"{path} holds {rows} rows; the manifest says {file.rows}")
    if parquet.schema_hash(path) != file.schema_hash:
        problems.append(f"{path} has other columns than the manifest says")
    if numbers - zone.state().numbers[file.path]:
        problems.append(f"{path} holds rows of entries whose files it did not replace")
    return rows, problems


def _totals(entries: list[ManifestEntry]) -> tuple[int, int, int, int]:
    """Rows landed, quarantined, recovered from there, and dropped, over all entries."""
    counts = [of for entry in entries for of in entry.datasets.values()]
    read = [of for of in counts if of.mode != REPLAY]
    return (
        sum(of.rows_landed + of.rows_deleted for of in counts),
        sum(of.rows_quarantined for of in read),
        sum(of.rows_landed for of in counts if of.mode == REPLAY),
        sum(rows for entry in entries for rows in entry.dropped.values()),
    )
