"""State of the landing zone after all entries: live files, held rows and rows to validate."""

from __future__ import annotations

import math

from ingestion.landing.manifest import LEDGER, LandedFile, ManifestEntry, ValidationResult

#: One dataset of one entry.
Landing = tuple[int, str]


class ManifestState:
    """State of the zone; entries are applied one at a time.

    Attributes:
        entries: All entries, in order.
        files: Path → entry number and file, of every file ever landed.
        live: Files that no later entry replaced.
        numbers: Path → numbers of the entries whose rows the file contains. This is the entry's own
            number, unless the entry replaced files of the same dataset. Then it is the numbers of
            the replaced files, and `_seq` has the number of each row.
        replaced_by: Path → the entry that replaced the file.
        validation_results: The newest result for each dataset of each entry.
        unvalidated: Datasets of entries without a result, in order.
    """

    def __init__(self) -> None:
        self.entries: list[ManifestEntry] = []
        self.files: dict[str, tuple[int, LandedFile]] = {}
        self.live: dict[str, tuple[int, LandedFile]] = {}
        self._live_of: dict[str, dict[str, tuple[int, LandedFile]]] = {}
        self.numbers: dict[str, frozenset[int]] = {}
        self.replaced_by: dict[str, ManifestEntry] = {}
        self.validation_results: dict[Landing, ValidationResult] = {}
        self.unvalidated: dict[Landing, None] = {}

    def apply(self, entry: ManifestEntry) -> None:
        """Apply the next entry."""
        self.entries.append(entry)
        rewritten: dict[str, set[int]] = {}
        for path in entry.replaces:
            self.replaced_by[path] = entry
            if found := self.live.pop(path, None):
                dataset = found[1].dataset
                del self._live_of[dataset][path]
                rewritten.setdefault(dataset, set()).update(self.numbers[path])
        for file in entry.files:
            found = (entry.number, file)
            self.files[file.path] = self.live[file.path] = found
            self._live_of.setdefault(file.dataset, {})[file.path] = found
            self.numbers[file.path] = frozenset(rewritten.get(file.dataset, {entry.number}))
        for dataset, counts in entry.datasets.items():
            if counts.mode != LEDGER and (counts.rows_read or counts.rows_deleted):
                self.unvalidated[entry.number, dataset] = None
        for result in entry.verdicts:
            self.validation_results[result.entry, result.dataset] = result
            self.unvalidated.pop((result.entry, result.dataset), None)

    def live_of(self, dataset: str) -> dict[str, tuple[int, LandedFile]]:
        """Return the live files of one dataset, as in `live`."""
        return self._live_of.get(dataset, {})

    def first_held(self, dataset: str) -> int | None:
        """Return the number of the first entry whose rows of the dataset are held, if any."""
        held = [
            number
            for (number, name), result in self.validation_results.items()
            if name == dataset and result.outcome == "held"
        ]
        return min(held, default=None)

    def first_pending(self, dataset: str) -> float:
        """Return the first entry whose rows of the dataset are held or not validated yet.

        Rewrites must not touch these rows, because validation reads single batches. The result is
        infinity if there is no such entry.
        """
        unvalidated = [number for number, name in self.unvalidated if name == dataset]
        held = self.first_held(dataset)
        return min(unvalidated + ([] if held is None else [held]), default=math.inf)
