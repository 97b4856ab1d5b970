"""The landing zone on disk. Only files that the manifest names are part of it.

A file is staged, fsynced, linked to its final name, and the directory is fsynced. The manifest
entry follows in the same way. So a crash leaves the state before or after the commit, and at most
orphaned files, which the next batch deletes. Files that a later entry replaced are deleted once no
process reads them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from core import private_folders as staging
from core.durable_files import full_disk_in_one_line, make_directory
from ingestion.landing import readers
from ingestion.landing.batch import Batch
from ingestion.landing.log import MANIFEST, ManifestLog
from ingestion.landing.manifest import ManifestEntry, ValidationResult

STAGING = ".aside"


class LandingZone(ManifestLog):
    """A directory with immutable files and their manifest; the first batch creates it."""

    @contextmanager
    def batch(self, source: str) -> Iterator[Batch]:
        """Begin a batch, after a vacuum.

        Args:
            source: Source or operation, as in `ManifestEntry`.

        Raises:
            AffiliateError: the disk is full.
        """
        with full_disk_in_one_line(self.root):
            make_directory(self.root / MANIFEST)
            self.vacuum()
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
            with staging.own_folder(self.root / STAGING, name) as folder, self.reading():
                yield Batch(self, source, name, folder)

    def reading(self) -> AbstractContextManager[None]:
        """Keep all files that are live now on disk until the block ends."""
        return readers.reading(self.root / STAGING)

    def commit_validation(self, results: Iterable[ValidationResult]) -> ManifestEntry:
        """Commit validation results as a separate entry.

        Raises:
            ValueError: there are no results.
        """
        with self.batch("review") as batch:
            batch.record_validation(results)
            entry = batch.commit()
        if entry is None:
            raise ValueError("no validation results to commit")
        return entry

    def vacuum(self) -> None:
        """Delete orphaned files of dead batches, and superseded files that no process reads."""
        # in this order: a batch that commits between two steps is seen by the later one
        found = set(self.root.glob("[!.]*/*/*.parquet"))
        live = staging.sweep(self.root / STAGING)
        state = self.state()
        orphans = found - {self.root / path for path in state.files}
        _delete(path for path in orphans if path.stem.partition("@")[0] not in live)
        superseded = found & {self.root / path for path in state.replaced_by}
        if superseded:
            with readers.when_unread(self.root / STAGING) as is_unread:
                _delete(superseded if is_unread else ())


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
