"""A batch: files are staged first, then committed together with the read positions."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from core import durable_files as durable
from core.errors import AffiliateError
from ingestion.landing import parquet
from ingestion.landing.conservation import imbalances
from ingestion.landing.log import ManifestLog
from ingestion.landing.manifest import (
    REPLAY,
    Counts,
    Kind,
    LandedFile,
    ManifestEntry,
    Position,
    ValidationResult,
)

logger = logging.getLogger(__name__)


class ConcurrentRunError(AffiliateError):
    """Another run committed the same datasets at the same time; this run landed nothing."""


@dataclass(frozen=True)
class _Staged:
    dataset: str
    kind: Kind
    path: Path


class Batch:
    """The changes of one run. They take effect only when `commit` returns.

    Attributes:
        name: Name of the batch and of its files.
        folder: Private staging directory; it is deleted after the run.
    """

    def __init__(self, log: ManifestLog, source: str, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._log = log
        self._source = source
        self._base = log.latest
        self._staged: list[_Staged] = []
        self._numbers = count()
        self._counts: dict[str, Counts] = {}
        self._positions: dict[str, Position] = {}
        self._has_moved = False
        self._replaced: list[LandedFile] = []
        self._dropped: dict[str, int] = {}
        self._validation_results: tuple[ValidationResult, ...] = ()

    def position(self, dataset: str) -> Position | None:
        """Return the dataset's position when the batch began, or None if it was never read."""
        return self._base.positions.get(dataset) if self._base else None

    def stage(self, dataset: str, kind: Kind = "data") -> Path:
        """Return the path for a new Parquet file of the dataset. A file without rows is skipped."""
        path = self.folder / f"{next(self._numbers)}.parquet"
        self._staged.append(_Staged(dataset, kind, path))
        return path

    def record(
        self, dataset: str, counts: Counts, position: Position, *, moves: bool = False
    ) -> None:
        """Record the row counts of a dataset and the position where its next read starts.

        Args:
            dataset: Name of the dataset.
            counts: Rows that were read.
            position: Where the next read starts.
            moves: Commit an entry if the position changed, even without new rows.
        """
        self._counts[dataset] = counts
        self._positions[dataset] = position
        self._has_moved |= moves and position != self.position(dataset)

    def recover(self, dataset: str, rows: int) -> None:
        """Record how many rows of the dataset left quarantine; its position does not change."""
        self._counts[dataset] = Counts(REPLAY, rows_read=rows, rows_landed=rows)

    def replace(self, files: Iterable[LandedFile]) -> None:
        """Record that the staged files contain the rows of these live files, with their `_seq`."""
        self._replaced += files

    def drop(self, dataset: str, rows: int) -> None:
        """Record how many rows of the replaced files are deleted for good."""
        self._dropped[dataset] = rows

    def record_validation(self, results: Iterable[ValidationResult]) -> None:
        """Record results of data-quality checks."""
        self._validation_results += tuple(results)

    def commit(self) -> ManifestEntry | None:
        """Make files and positions durable, all or nothing.

        Returns:
            The new manifest entry, or None if there was nothing to commit; then the zone and its
            positions are unchanged.

        Raises:
            AffiliateError: the row counts do not add up (read = landed + quarantined + erased,
                replaced = written + dropped), or the disk is full.
            ConcurrentRunError: another run read one of these datasets, or replaced one of these
                files, at the same time.
        """
        staged = [s for s in self._staged if s.path.exists() and parquet.count_rows(s.path)]
        if not (staged or self._replaced or self._validation_results or self._has_moved):
            return None
        files = tuple(self._describe(s) for s in staged)
        self._check_conservation(files)
        linked: list[Path] = []
        try:
            for entry, file in zip(staged, files, strict=True):
                final = self._log.path(file)
                durable.link(entry.path, final)
                linked.append(final)
            committed = self._append(files)
        except BaseException:
            self._unlink_uncommitted(linked)
            raise
        logger.info("manifest entry %d: %d files", committed.number, len(files))
        return committed

    def _unlink_uncommitted(self, linked: list[Path]) -> None:
        """Delete the linked files, unless the entry was committed just before an interrupt."""
        if not any(entry.batch == self.name for entry in self._log.entries()):
            for final in linked:
                with suppress(OSError):
                    final.unlink()

    def _describe(self, staged: _Staged) -> LandedFile:
        # the same table of several sources shares a directory, so the file name has the source
        folder, at, source = staged.dataset.partition("@")
        return LandedFile(
            dataset=staged.dataset,
            kind=staged.kind,
            path=f"{folder}/{self.name}{at}{source}.parquet",
            sha256=durable.sha256(staged.path),
            rows=parquet.count_rows(staged.path),
            bytes=staged.path.stat().st_size,
            schema_hash=parquet.schema_hash(staged.path),
        )

    def _check_conservation(self, files: tuple[LandedFile, ...]) -> None:
        """Compare the recorded counts with the rows in the files."""
        for problem in imbalances(files, self._counts, self._replaced, self._dropped):
            raise AffiliateError(f"{problem}; nothing was committed")

    def _append(self, files: tuple[LandedFile, ...]) -> ManifestEntry:
        """Commit the entry under the next free number, unless a concurrent run conflicts."""
        positions = self._base.positions if self._base else {}
        entry = ManifestEntry(
            number=self._base.number + 1 if self._base else 1,
            batch=self.name,
            source=self._source,
            committed_at=datetime.now(UTC),
            files=files,
            datasets=self._counts,
            positions={**positions, **self._positions},
            replaces=tuple(file.path for file in self._replaced),
            dropped=self._dropped,
            verdicts=self._validation_results,
        )
        while True:
            if not self._log.state().live.keys() >= set(entry.replaces):
                raise ConcurrentRunError(
                    "another run rewrote the same files at the same time; this run changed "
                    "nothing: run it again"
                )
            staged = self.folder / f"{entry.number}.json"
            staged.write_text(entry.to_json())
            try:
                durable.link(staged, self._log.entry_path(entry.number))
            except FileExistsError:
                entry = self._rebased(entry)
            else:
                return entry

    def _rebased(self, entry: ManifestEntry) -> ManifestEntry:
        """Return the entry with the next free number and the positions of concurrent entries."""
        newer = self._log.entries(after=entry.number - 1)
        for other in newer:
            if both := sorted(other.sources_read() & entry.sources_read()):
                raise ConcurrentRunError(
                    f"another run landed {both[0]} at the same time; this run landed nothing: "
                    "run it again"
                )
        return replace(
            entry,
            number=newer[-1].number + 1,
            positions={**newer[-1].positions, **self._positions},
        )
