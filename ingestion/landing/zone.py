"""The landing zone on disk, and its protocol: a file that the manifest does not name is nothing.

Write aside → fsync → link to the final name → fsync the directory → then the manifest entry the
same way. A crash leaves the state before or after, and at most files of nobody, which the next
start removes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from ingestion.errors import AffiliateError
from ingestion.landing import aside
from ingestion.landing.batch import Batch
from ingestion.landing.durable import full_disk_in_one_line, make_directory
from ingestion.landing.manifest import LandedFile, ManifestEntry

ASIDE = ".aside"
MANIFEST = "manifest"


class LandingZone:
    """Immutable files and the manifest, below one directory.

    Args:
        root: Directory of the zone; created by the first batch.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._entries: list[ManifestEntry] = []

    @contextmanager
    def batch(self, source: str) -> Iterator[Batch]:
        """Begins a batch, after sweeping what dead ones left.

        Args:
            source: What is read: `oltp` or `kafka`.

        Raises:
            AffiliateError: the disk is full.
        """
        with full_disk_in_one_line(self.root):
            make_directory(self.root / MANIFEST)
            self.sweep()
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            with aside.own_folder(self.root / ASIDE, name) as folder:
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
        count = len(list((self.root / MANIFEST).glob("*.json")))
        for number in range(len(self._entries) + 1, count + 1):
            self._entries.append(self._read(number))
        return self._entries[after:]

    def files(self, dataset: str) -> list[tuple[int, LandedFile]]:
        """(entry number, file) of every data file of a dataset, oldest first."""
        return [
            (entry.number, file)
            for entry in self.entries()
            for file in entry.files
            if file.dataset == dataset and file.kind == "data"
        ]

    def path(self, file: LandedFile) -> Path:
        """Where a landed file stands."""
        return self.root / file.path

    def entry_path(self, number: int) -> Path:
        """Where an entry stands."""
        return self.root / MANIFEST / f"{number:012d}.json"

    def sweep(self) -> None:
        """Removes files of nobody: not in the manifest, and of no batch that is being written."""
        # in this order: a batch that commits between two steps is seen by the later one
        found = set(self.root.glob("[!.]*/*/*.parquet"))
        live = aside.sweep(self.root / ASIDE)
        known = {self.path(file) for entry in self.entries() for file in entry.files}
        for path in found - known:
            if path.stem not in live:
                with suppress(FileNotFoundError):
                    path.unlink()

    def _read(self, number: int) -> ManifestEntry:
        try:
            return ManifestEntry.from_json(self.entry_path(number).read_text())
        except (OSError, ValueError, KeyError, TypeError):
            raise AffiliateError(
                f"manifest entry {number} of {self.root} is missing or damaged: "
                "restore it from a backup"
            ) from None
