"""The sums that must add up for every batch: what came in, what stood before, what stands now."""

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
    """What does not add up in a batch, one clear line each.

    Args:
        files: What the batch wrote.
        counts: Dataset → what its reader states.
        replaced: Earlier files whose rows the batch wrote again.
        dropped: Dataset → rows of those that it left out.
    """
    for dataset, of in counts.items():
        if of.rows_read != of.rows_landed + of.rows_quarantined + of.rows_erased:
            erased = f" and {of.rows_erased} erased" if of.rows_erased else ""
            yield (
                f"{dataset}: {of.rows_read} rows read, {of.rows_landed} landed and "
                f"{of.rows_quarantined} quarantined{erased} do not add up"
            )
    written = _rows(files)
    due = _rows(replaced)
    due.update(_moved(counts, dropped))
    for name in sorted({*written, *due}):
        if written[name] != due[name]:
            yield f"{name}: {due[name]} rows due and {written[name]} written do not add up"


def standing(entries: Iterable[ManifestEntry]) -> Counter[str]:
    """Rows that should stand in the live files after these entries, per shelf."""
    due: Counter[str] = Counter()
    for entry in entries:
        due.update(_moved(entry.datasets, entry.dropped))
    return due


def shelf(dataset: str) -> str:
    """A dataset, or all quarantine as one: counts do not say to which part of it rows went."""
    return QUARANTINE if dataset.startswith(f"{QUARANTINE}/") else dataset


def _moved(counts: Mapping[str, Counts], dropped: Mapping[str, int]) -> Counter[str]:
    """Rows that came to each shelf, less those that left it."""
    moved: Counter[str] = Counter()
    for dataset, of in counts.items():
        moved[dataset] += of.rows_landed + of.rows_deleted
        moved[QUARANTINE] += of.rows_quarantined - (of.rows_landed if of.mode == REPLAY else 0)
    for dataset, rows in dropped.items():
        moved[shelf(dataset)] -= rows
    return moved


def _rows(files: Iterable[LandedFile]) -> Counter[str]:
    rows: Counter[str] = Counter()
    for file in files:
        rows[shelf(file.dataset)] += file.rows
    return rows
