"""Runs on disk: private, written to a staging directory, and immutable once they have a number.

`runs/<number>/` holds the state after the run, the changes for each destination, and their files. A
file `acknowledged-<target>` there records that the destination has received them. Runs before the
last one that every target acknowledged are no longer needed: only their manifests are kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from core import sql
from core.durable_files import make_directory, sync, write_new
from core.errors import AffiliateError
from core.locks import locked
from ingestion.landing import parquet
from ingestion.landing.parquet import ROWS_PER_GROUP

MANIFEST, DESIRED = "manifest.json", "desired.parquet"
#: Number of runs whose files are kept, up to the last one that all destinations acknowledged.
KEPT_RUNS = 3
_BUILDING = ".building"
_ACKNOWLEDGED = "acknowledged-"
Columns = Sequence[tuple[str, str]]


class Runs:
    """All runs of one delivery.

    Args:
        folder: Directory of the delivery.
        title: Name of the delivery in messages.
        state: Files of a run from which the next run starts.
    """

    def __init__(self, folder: Path, title: str, state: Sequence[str] = (DESIRED,)) -> None:
        self.folder = folder
        self._title, self._state = title, state
        self._root = folder / "runs"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Lock the delivery for this process.

        Raises:
            AffiliateError: another process holds the lock.
        """
        make_directory(self._root)
        with locked(self.folder / ".lock", busy=f"another process runs {self._title}"):
            with suppress(FileNotFoundError):
                shutil.rmtree(self._root / _BUILDING)
            yield

    def numbers(self) -> list[int]:
        """Return the numbers of all runs, oldest first."""
        if not self._root.is_dir():
            return []
        return sorted(int(path.name) for path in self._root.iterdir() if path.name.isdigit())

    def path(self, number: int) -> Path:
        """Return the directory of a run."""
        return self._root / f"{number:06d}"

    def manifest(self, number: int) -> dict[str, Any]:
        """Return the manifest of a run.

        Raises:
            AffiliateError: the manifest is damaged.
        """
        try:
            content: dict[str, Any] = json.loads((self.path(number) / MANIFEST).read_bytes())
        except (OSError, ValueError):
            raise AffiliateError(f"run {number} of {self._title} is damaged") from None
        return content

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Create the staging directory of a run; it is deleted unless `commit` renames it."""
        folder = self._root / _BUILDING
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            with suppress(FileNotFoundError):
                shutil.rmtree(folder)

    def commit(self, building: Path, manifest: dict[str, Any]) -> None:
        """Make the run durable, and publish it under its number by one rename."""
        content = f"{json.dumps(manifest, indent=2, default=str)}\n"
        write_new(building / MANIFEST, content.encode(), 0o600)
        for path in (*building.rglob("*"), building):
            sync(path)
        building.rename(self.path(manifest["run"]))
        sync(self._root)

    def last(self) -> int:
        """Return the number of the newest run; 0 if there is none."""
        return max(self.numbers(), default=0)

    def last_acknowledged(self, target: str) -> int:
        """Return the newest run that a destination acknowledged; 0 if there is none."""
        known = (n for n in self.numbers() if (self.path(n) / f"{_ACKNOWLEDGED}{target}").exists())
        return max(known, default=0)

    def acknowledge(self, number: int, target: str) -> None:
        """Record that a destination received a run completely; idempotent.

        Raises:
            AffiliateError: there is no such run, or it did not go to this target.
        """
        folder = self.path(number)
        if number not in self.numbers() or target not in self.manifest(number)["targets"]:
            raise AffiliateError(f"{self._title} has no run {number} that went to {target}")
        with suppress(FileExistsError):
            write_new(folder / f"{_ACKNOWLEDGED}{target}", b"", 0o600)
        sync(folder)

    def prune(self, targets: Sequence[str], kept: int = KEPT_RUNS) -> None:
        """Delete personal data that no destination needs any more.

        Args:
            targets: The destinations.
            kept: Number of acknowledged runs whose files are kept. With 0, those of the last one
                are deleted, too, including its removals; destinations must have read them.
        """
        needed = min((self.last_acknowledged(target) for target in targets), default=0)
        for number in self.numbers():
            if number <= needed - kept:
                state = self._state if number == needed else ()
                for path in self.path(number).iterdir():
                    if not path.name.startswith(_ACKNOWLEDGED) and path.name not in (
                        MANIFEST,
                        *state,
                    ):
                        shutil.rmtree(path) if path.is_dir() else path.unlink()
                sync(self.path(number))

    def write(
        self, connection: duckdb.DuckDBPyConnection, table: str, columns: Columns, path: Path
    ) -> None:
        """Write a table as Parquet without statistics, which would contain addresses."""
        names = sql.names(name for name, _ in columns)
        cursor = connection.cursor()
        reader = cursor.execute(f"SELECT {names} FROM {table} ORDER BY ALL").to_arrow_reader(
            ROWS_PER_GROUP
        )
        parquet.write(path, reader.schema, reader)
        path.chmod(0o600)

    def read(
        self, connection: duckdb.DuckDBPyConnection, table: str, columns: Columns, path: Path | None
    ) -> None:
        """Create a table from a file that `write` made; without a file it is empty."""
        listed = ", ".join(f"{sql.name(name)} {kind}" for name, kind in columns)
        connection.execute(f"CREATE OR REPLACE TABLE {table} ({listed})")
        if path is not None:
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT {sql.names(name for name, _ in columns)} "
                f"FROM read_parquet({sql.text(str(path))})"
            )
