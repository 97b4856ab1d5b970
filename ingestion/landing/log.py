"""Read the manifest: the ordered log of entries that list the files of the landing zone."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import AffiliateError
from ingestion.landing.manifest import LandedFile, ManifestEntry, ValidationResult
from ingestion.landing.state import ManifestState

MANIFEST = "manifest"


class ManifestLog:
    """The manifest of a landing zone. An instance reads each entry only once.

    Args:
        root: Directory of the zone.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._state = ManifestState()

    @property
    def latest(self) -> ManifestEntry | None:
        """The newest entry; None before the first batch."""
        entries = self.entries()
        return entries[-1] if entries else None

    def entries(self, after: int = 0) -> list[ManifestEntry]:
        """Return all entries with a number above `after`, in order.

        Raises:
            AffiliateError: an entry is missing or damaged.
        """
        return self.state().entries[after:]

    def state(self) -> ManifestState:
        """Return the state of the zone after all entries.

        Raises:
            AffiliateError: an entry is missing or damaged.
        """
        state = self._state
        # only counting the files reveals a gap; later entries are looked up by name
        least = len(state.entries) or self._count()
        with _without_collection():
            while entry := self._read(len(state.entries) + 1):
                state.apply(entry)
        if len(state.entries) < least:
            raise self._damaged(len(state.entries) + 1)
        return state

    def files(self, dataset: str) -> list[tuple[int, LandedFile]]:
        """Return (entry number, file) of every live data file of a dataset, oldest first."""
        return [found for found in self.live(dataset) if found[1].kind == "data"]

    def live(self, dataset: str | None = None) -> list[tuple[int, LandedFile]]:
        """Return (entry number, file) of the live files of one dataset or all, oldest first."""
        state = self.state()
        return list((state.live if dataset is None else state.live_of(dataset)).values())

    def unvalidated(self) -> list[ManifestEntry]:
        """Return entries with datasets that are not validated yet, oldest first."""
        numbers = sorted({number for number, _ in self.state().unvalidated})
        return [self._state.entries[number - 1] for number in numbers]

    def held(self) -> list[ValidationResult]:
        """Return the results that keep rows out of the warehouse now, oldest entry first."""
        results = sorted(self.state().validation_results.items())
        return [result for _, result in results if result.outcome == "held"]

    def path(self, file: LandedFile) -> Path:
        """Return the path of a landed file."""
        return self.root / file.path

    def entry_path(self, number: int) -> Path:
        """Return the path of an entry."""
        return self.root / MANIFEST / f"{number:012d}.json"

    def _count(self) -> int:
        with suppress(FileNotFoundError), os.scandir(self.root / MANIFEST) as names:
            return sum(name.name.endswith(".json") for name in names)
        return 0

    def _read(self, number: int) -> ManifestEntry | None:
        try:
            # unbuffered is faster for thousands of small files
            with self.entry_path(number).open("rb", buffering=0) as file:
                return ManifestEntry.from_json(file.read())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise self._damaged(number) from None

    def _damaged(self, number: int) -> AffiliateError:
        return AffiliateError(
            f"manifest entry {number} of {self.root} is missing or damaged: "
            "restore it from a backup"
        )


@contextmanager
def _without_collection() -> Iterator[None]:
    """Pause garbage collection: it would double the time to read thousands of small objects."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
