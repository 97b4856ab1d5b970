"""Reads the manifest: the ordered log of entries that say which files exist."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import AffiliateError
from ingestion.landing.manifest import LandedFile, ManifestEntry, Verdict
from ingestion.landing.state import State

MANIFEST = "manifest"


class ManifestLog:
    """The manifest of a landing zone; each object reads an entry once.

    Args:
        root: Directory of the zone.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._state = State()

    @property
    def latest(self) -> ManifestEntry | None:
        """The highest entry, which is the state of the zone; None before the first batch."""
        entries = self.entries()
        return entries[-1] if entries else None

    def entries(self, after: int = 0) -> list[ManifestEntry]:
        """All entries with a number above `after`, in order.

        Raises:
            AffiliateError: an entry is missing or damaged.
        """
        return self.state().entries[after:]

    def state(self) -> State:
        """What all entries up to now say together.

        Raises:
            AffiliateError: an entry is missing or damaged.
        """
        state = self._state
        # a gap can only be seen by counting; entries that come later are looked for by their name
        least = len(state.entries) or self._count()
        with _without_collection():
            while entry := self._read(len(state.entries) + 1):
                state.apply(entry)
        if len(state.entries) < least:
            raise self._damaged(len(state.entries) + 1)
        return state

    def files(self, dataset: str) -> list[tuple[int, LandedFile]]:
        """(entry number, file) of every live data file of a dataset, oldest first."""
        return [found for found in self.live(dataset) if found[1].kind == "data"]

    def live(self, dataset: str | None = None) -> list[tuple[int, LandedFile]]:
        """(entry number, file) of every live file, of all datasets or of one, oldest first."""
        state = self.state()
        return list((state.live if dataset is None else state.live_of(dataset)).values())

    def unreviewed(self) -> list[ManifestEntry]:
        """Entries that brought rows of a dataset on which there is no verdict yet, oldest first."""
        numbers = sorted({number for number, _ in self.state().unreviewed})
        return [self._state.entries[number - 1] for number in numbers]

    def held(self) -> list[Verdict]:
        """Verdicts that keep rows out of the warehouse now, oldest entry first."""
        verdicts = sorted(self.state().verdicts.items())
        return [verdict for _, verdict in verdicts if verdict.outcome == "held"]

    def path(self, file: LandedFile) -> Path:
        """Where a landed file stands."""
        return self.root / file.path

    def entry_path(self, number: int) -> Path:
        """Where an entry stands."""
        return self.root / MANIFEST / f"{number:012d}.json"

    def _count(self) -> int:
        with suppress(FileNotFoundError), os.scandir(self.root / MANIFEST) as names:
            return sum(name.name.endswith(".json") for name in names)
        return 0

    def _read(self, number: int) -> ManifestEntry | None:
        try:
            # unbuffered: there are thousands of them
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
    """Thousands of small objects that all stay: looking for garbage among them doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
