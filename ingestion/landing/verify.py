"""Verify the whole landing zone: every file, entry, row count and offset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import AffiliateError
from ingestion.landing import parquet
from ingestion.landing.checksum import damage
from ingestion.landing.conservation import counted_as, expected_rows, imbalances
from ingestion.landing.manifest import REPLAY, LandedFile, ManifestEntry
from ingestion.landing.offsets import invalid_offsets
from ingestion.landing.rewrite import SEQ
from ingestion.landing.state import ManifestState
from ingestion.landing.zone import LandingZone

READ_ROWS = 50_000


@dataclass(frozen=True)
class VerifyReport:
    """Result of a verification.

    Attributes:
        entries: Manifest entries read.
        files: Live files whose checksum and rows were compared with the manifest.
        rows: Rows decoded from these files.
        bytes: Total size of these files.
        landed: Rows ever landed, deletes included.
        quarantined: Rows ever quarantined.
        recovered: Quarantined rows that a replay landed later.
        dropped: Rows that retention or erasure deleted.
        problems: One line per problem; empty if everything is correct.
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
    """Compare every live file with the manifest, and the manifest with itself.

    Args:
        zone: The landing zone; it is not changed.
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
            rows[counted_as(file.dataset)] += counted
            size += file.bytes
            if progress:
                progress(file.path, rows.total())
        if not problems:
            problems += invalid_offsets(zone)
    expected = expected_rows(state.entries)
    problems += [
        f"{name}: the manifest adds up to {expected[name]} rows, the files have {rows[name]}"
        for name in sorted({*expected, *rows})
        if expected[name] != rows[name]
    ]
    return VerifyReport(
        len(state.entries), len(live), rows.total(), size, *_totals(state.entries), tuple(problems)
    )


def _manifest(state: ManifestState) -> Iterator[str]:
    """Yield contradictions between the entries."""
    live: set[str] = set()
    batches: set[str] = set()
    for number, entry in enumerate(state.entries, start=1):
        name = f"manifest entry {number}"
        if entry.number != number:
            yield f"{name} has the number {entry.number} inside"
        if entry.batch in batches:
            yield f"{name} has the same batch as another entry, {entry.batch}"
        if lost := sorted(set(entry.replaces) - live):
            yield f"{name} replaces {lost[0]}, which was not live"
        if entry.sources_read() - entry.positions.keys():
            yield f"{name} read a dataset and has no position for it"
        if any(result.entry >= entry.number for result in entry.verdicts):
            yield f"{name} has a validation result for a later entry"
        batches.add(entry.batch)
        live -= set(entry.replaces)
        live |= {file.path for file in entry.files}


def _sums(state: ManifestState) -> Iterator[str]:
    for entry in state.entries:
        replaced = [state.files[path][1] for path in entry.replaces if path in state.files]
        for problem in imbalances(entry.files, entry.datasets, replaced, entry.dropped):
            yield f"manifest entry {entry.number}: {problem}"


def _count(zone: LandingZone, file: LandedFile) -> tuple[int, list[str]]:
    """Return the rows found by decoding a file, and what is wrong with it."""
    if problem := damage(zone, file):
        return 0, [problem]
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
        problems.append(f"{path} has {rows} rows; the manifest says {file.rows}")
    if parquet.schema_hash(path) != file.schema_hash:
        problems.append(f"{path} has other columns than in the manifest")
    if numbers - zone.state().numbers[file.path]:
        problems.append(f"{path} has rows of entries whose files it did not replace")
    return rows, problems


def _totals(entries: list[ManifestEntry]) -> tuple[int, int, int, int]:
    """Return the rows landed, quarantined, recovered and dropped over all entries."""
    counts = [of for entry in entries for of in entry.datasets.values()]
    read = [of for of in counts if of.mode != REPLAY]
    return (
        sum(of.rows_landed + of.rows_deleted for of in counts),
        sum(of.rows_quarantined for of in read),
        sum(of.rows_landed for of in counts if of.mode == REPLAY),
        sum(rows for entry in entries for rows in entry.dropped.values()),
    )
