"""The landing zone on disk, and its protocol: a file that the manifest does not name is nothing.

Write aside → fsync → link to the final name → fsync the directory → then the manifest entry the
same way. A crash leaves the state before or after, and at most files of nobody, which the next
start removes. A file that a later entry replaced is removed too, once nobody reads.
"""

from __future__ import annotations

import gc
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from core import private_folders as aside
from core.durable_files import full_disk_in_one_line, make_directory
from core.errors import AffiliateError
from ingestion.landing import readers
from ingestion.landing.batch import Batch
from ingestion.landing.manifest import LandedFile, ManifestEntry, Verdict
from ingestion.landing.state import State

ASIDE = ".aside"
MANIFEST = "manifest"


class LandingZone:
    """Immutable files and the manifest, below one directory.

    Args:
        root: Directory of the zone; created by the first batch.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._state = State()

    @contextmanager
    def batch(self, source: str) -> Iterator[Batch]:
        """Begins a batch, after sweeping what dead ones left.

        Args:
            source: What is read or done, as in `ManifestEntry`.

        Raises:
            AffiliateError: the disk is full.
        """
        with full_disk_in_one_line(self.root):
            make_directory(self.root / MANIFEST)
            self.sweep()
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            with aside.own_folder(self.root / ASIDE, name) as folder, self.reading():
                yield Batch(self, source, name, folder)

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

    def reading(self) -> AbstractContextManager[None]:
        """Keeps files that are live now on disk until the block ends."""
        return readers.reading(self.root / ASIDE)

    def unreviewed(self) -> list[ManifestEntry]:
        """Entries that brought rows of a dataset on which there is no verdict yet, oldest first."""
        numbers = sorted({number for number, _ in self.state().unreviewed})
        return [self._state.entries[number - 1] for number in numbers]

    def review(self, verdicts: Iterable[Verdict]) -> ManifestEntry:
        """Commits verdicts as an entry of their own.

        Raises:
            ValueError: there is none.
        """
        with self.batch("review") as batch:
            batch.judge(verdicts)
            entry = batch.commit()
        if entry is None:
            raise ValueError("a review needs verdicts")
        return entry

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

    def sweep(self) -> None:
        """Removes files of nobody: of no live batch, and never landed or replaced since."""
        # in this order: a batch that commits between two steps is seen by the later one
        found = set(self.root.glob("[!.]*/*/*.parquet"))
        live = aside.sweep(self.root / ASIDE)
        state = self.state()
        strangers = found - {self.root / path for path in state.files}
        _remove(path for path in strangers if path.stem.partition("@")[0] not in live)
        replaced = found & {self.root / path for path in state.replaced_by}
        if replaced:
            with readers.nobody_reads(self.root / ASIDE) as free:
                _remove(replaced if free else ())

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


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()


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
