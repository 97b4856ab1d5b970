"""One batch: files written aside, then committed together with the positions they end at."""

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
    Verdict,
)

logger = logging.getLogger(__name__)


class ConcurrentRunError(AffiliateError):
    """Another run committed the same datasets meanwhile; this one landed nothing."""


@dataclass(frozen=True)
class _Staged:
    dataset: str
    kind: Kind
    path: Path


class Batch:
    """Collects what one run read. Nothing of it exists before `commit` returns.

    Attributes:
        name: Name of the batch and of its files.
        folder: Private folder for files in the making; gone after the run.
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
        self._verdicts: tuple[Verdict, ...] = ()

    def position(self, dataset: str) -> Position | None:
        """Where the dataset stood when the batch began, or None if it was never read."""
        return self._base.positions.get(dataset) if self._base else None

    def stage(self, dataset: str, kind: Kind = "data") -> Path:
        """Where to write one Parquet file of the dataset; without rows it is not landed."""
        path = self.folder / f"{next(self._numbers)}.parquet"
        self._staged.append(_Staged(dataset, kind, path))
        return path

    def record(
        self, dataset: str, counts: Counts, position: Position, *, moves: bool = False
    ) -> None:
        """States what came of a dataset and where its next read starts.

        Args:
            dataset: Name of the dataset.
            counts: What was read of it.
            position: Where its next read starts.
            moves: Another position than before is worth an entry, even without a row.
        """
        self._counts[dataset] = counts
        self._positions[dataset] = position
        self._has_moved |= moves and position != self.position(dataset)

    def recover(self, dataset: str, rows: int) -> None:
        """States how many rows of the dataset came out of quarantine; its position stays."""
        self._counts[dataset] = Counts(REPLAY, rows_read=rows, rows_landed=rows)

    def replace(self, files: Iterable[LandedFile]) -> None:
        """States that what is staged holds the rows of these live files, each with its `_seq`."""
        self._replaced += files

    def drop(self, dataset: str, rows: int) -> None:
        """States how many rows of the replaced files are left out for good."""
        self._dropped[dataset] = rows

    def judge(self, verdicts: Iterable[Verdict]) -> None:
        """States what a review found."""
        self._verdicts += tuple(verdicts)

    def commit(self) -> ManifestEntry | None:
        """Makes files and positions durable, all or nothing.

        Returns:
            The new manifest entry, or None when there was nothing to land: then the zone is
            as before, positions included.

        Raises:
            AffiliateError: rows read are not those landed, quarantined and erased, rows replaced
                are not rows written plus dropped, or the disk is full.
            ConcurrentRunError: another run read one of these datasets, or replaced one of these
                files, meanwhile.
        """
        staged = [s for s in self._staged if s.path.exists() and parquet.count_rows(s.path)]
        if not (staged or self._replaced or self._verdicts or self._has_moved):
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
            self._take_back(linked)
            raise
        logger.info("manifest entry %d: %d files", committed.number, len(files))
        return committed

    def _take_back(self, linked: list[Path]) -> None:
        """Removes files that no entry names; an interrupt may have come just after the entry."""
        if not any(entry.batch == self.name for entry in self._log.entries()):
            for final in linked:
                with suppress(OSError):
                    final.unlink()

    def _describe(self, staged: _Staged) -> LandedFile:
        # named sources of one table share its folder, and may be of one batch
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
        """Compares what the readers state with what the files hold."""
        for problem in imbalances(files, self._counts, self._replaced, self._dropped):
            raise AffiliateError(f"{problem}; nothing was committed")

    def _append(self, files: tuple[LandedFile, ...]) -> ManifestEntry:
        """Links the entry under the next free number, unless somebody else did the same."""
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
            verdicts=self._verdicts,
        )
        while True:
            if not self._log.state().live.keys() >= set(entry.replaces):
                raise ConcurrentRunError(
                    "another run rewrote the same files meanwhile: this one changed nothing; "
                    "run again if there may be more"
                )
            staged = self.folder / f"{entry.number}.json"
            staged.write_text(entry.to_json())
            try:
                durable.link(staged, self._log.entry_path(entry.number))
            except FileExistsError:
                entry = self._after_others(entry)
            else:
                return entry

    def _after_others(self, entry: ManifestEntry) -> ManifestEntry:
        """The entry, renumbered and with the positions of those that were faster."""
        newer = self._log.entries(after=entry.number - 1)
        for other in newer:
            if both := sorted(other.sources_read() & entry.sources_read()):
                raise ConcurrentRunError(
                    f"another run landed {both[0]} meanwhile: this one landed nothing; "
                    "run again if there may be more"
                )
        return replace(
            entry,
            number=newer[-1].number + 1,
            positions={**newer[-1].positions, **self._positions},
        )
