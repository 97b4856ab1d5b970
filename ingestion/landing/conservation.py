"""Row counts that must add up in every batch: rows read, rows replaced and rows written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ingestion.landing.manifest import REPLAY, Counts, LandedFile, ManifestEntry

QUARANTINE = "quarantine"


def imbalances(
    files: Iterable[LandedFile],
    counts: Mapping[str, Counts],
    replaced: Iterable[LandedFile],
    dropped: Mapping[str, int],
) -> Iterator[str]:
    """Yield one line for each count of a batch that does not add up.

    Args:
        files: Files that the batch wrote.
        counts: Dataset → counts that its reader recorded.
        replaced: Earlier files that the batch rewrote.
        dropped: Dataset → rows of the replaced files that were dropped.
    """
    for dataset, of in counts.items():
        if of.rows_read != of.rows_landed + of.rows_quarantined + of.rows_erased:
            erased = f" and {of.rows_erased} erased" if of.rows_erased else ""
            yield (
                f"{dataset}: {of.rows_read} rows read, {of.rows_landed} landed and "
                f"{of.rows_quarantined} quarantined{erased} do not add up"
            )
    written = _rows(files)
    expected = _rows(replaced)
    expected.update(_net_change(counts, dropped))
    for name in sorted({*written, *expected}):
        if written[name] != expected[name]:
            yield f"{name}: {written[name]} rows written, {expected[name]} expected"


def expected_rows(entries: Iterable[ManifestEntry]) -> Counter[str]:
    """Return the rows that the live files must have after these entries, per dataset."""
    expected: Counter[str] = Counter()
    for entry in entries:
        expected.update(_net_change(entry.datasets, entry.dropped))
    return expected


def counted_as(dataset: str) -> str:
    """Return the dataset, or `quarantine` for any part of it: counts do not tell parts apart."""
    return QUARANTINE if dataset.startswith(f"{QUARANTINE}/") else dataset


def _net_change(counts: Mapping[str, Counts], dropped: Mapping[str, int]) -> Counter[str]:
    """Return rows added minus rows removed, per dataset."""
    change: Counter[str] = Counter()
    for dataset, of in counts.items():
        change[dataset] += of.rows_landed + of.rows_deleted
        change[QUARANTINE] += of.rows_quarantined - (of.rows_landed if of.mode == REPLAY else 0)
    for dataset, rows in dropped.items():
        change[counted_as(dataset)] -= rows
    return change


def _rows(files: Iterable[LandedFile]) -> Counter[str]:
    rows: Counter[str] = Counter()
    for file in files:
        rows[counted_as(file.dataset)] += file.rows
    return rows
