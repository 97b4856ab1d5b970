"""What all entries say together: which files are live, which rows are held, what awaits review."""

from __future__ import annotations

import math

from ingestion.landing.manifest import LEDGER, LandedFile, ManifestEntry, Verdict

#: One dataset of one entry.
Landing = tuple[int, str]


class State:
    """Grows by one entry at a time.

    Attributes:
        entries: All of them, in order.
        files: Path → entry number and file, of every file ever landed.
        live: Those that no later entry replaced.
        numbers: Path → numbers of the entries whose rows the file holds. That is the entry's own,
            unless the entry replaced files of the same dataset: then it is theirs, and the file
            says in `_seq` which row is whose.
        replaced_by: Path → the entry that replaced it.
        verdicts: The newest of each dataset of each entry.
        unreviewed: What has no verdict yet, in order.
    """

    def __init__(self) -> None:
        self.entries: list[ManifestEntry] = []
        self.files: dict[str, tuple[int, LandedFile]] = {}
        self.live: dict[str, tuple[int, LandedFile]] = {}
        self._live_of: dict[str, dict[str, tuple[int, LandedFile]]] = {}
        self.numbers: dict[str, frozenset[int]] = {}
        self.replaced_by: dict[str, ManifestEntry] = {}
        self.verdicts: dict[Landing, Verdict] = {}
        self.unreviewed: dict[Landing, None] = {}

    def apply(self, entry: ManifestEntry) -> None:
        """Takes in the next entry."""
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
                self.unreviewed[entry.number, dataset] = None
        for verdict in entry.verdicts:
            self.verdicts[verdict.entry, verdict.dataset] = verdict
            self.unreviewed.pop((verdict.entry, verdict.dataset), None)

    def live_of(self, dataset: str) -> dict[str, tuple[int, LandedFile]]:
        """The live files of one dataset, as in `live`."""
        return self._live_of.get(dataset, {})

    def first_held(self, dataset: str) -> int | None:
        """Number of the first entry whose rows of the dataset are held, if any."""
        held = [
            number
            for (number, name), verdict in self.verdicts.items()
            if name == dataset and verdict.outcome == "held"
        ]
        return min(held, default=None)

    def first_unsettled(self, dataset: str) -> float:
        """Number of the first entry whose rows of the dataset are held or not reviewed yet.

        Rewrites keep off these rows, as readers of a single batch and of all before it need them.
        Infinity if there is none.
        """
        unreviewed = [number for number, name in self.unreviewed if name == dataset]
        held = self.first_held(dataset)
        return min(unreviewed + ([] if held is None else [held]), default=math.inf)
