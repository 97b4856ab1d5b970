"""The landing zone on disk, and its protocol: a file that the manifest does not name is nothing.

Write aside → fsync → link to the final name → fsync the directory → then the manifest entry the
same way. A crash leaves the state before or after, and at most files of nobody, which the next
start removes. A file that a later entry replaced is removed too, once nobody reads.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from core import private_folders as aside
from core.durable_files import full_disk_in_one_line, make_directory
from ingestion.landing import readers
from ingestion.landing.batch import Batch
from ingestion.landing.log import MANIFEST, ManifestLog
from ingestion.landing.manifest import ManifestEntry, Verdict

ASIDE = ".aside"


class LandingZone(ManifestLog):
    """Immutable files and the manifest, below one directory; created by the first batch."""

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

    def reading(self) -> AbstractContextManager[None]:
        """Keeps files that are live now on disk until the block ends."""
        return readers.reading(self.root / ASIDE)

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


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
