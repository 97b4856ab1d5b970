"""The command line as a user runs it: real processes, a home of the test's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

from core.locks import locked

AFFILIATE = Path(sys.executable).parent / "affiliate"
AS_OF = "2026-06-01T00:00:00+00:00"


@dataclass
class Home:
    """One `AFFILIATE_HOME` and the commands that are run on it."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def environ(self, **extra: str) -> dict[str, str]:
        """The environment of a user with nothing configured but this home."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AFFILIATE_")}
        inherited.pop("DAGSTER_HOME", None)
        return {**inherited, "AFFILIATE_HOME": str(self.path), **self.environment, **extra}

    def start(
        self, *arguments: str, largest_file: int | None = None, **extra: str
    ) -> subprocess.Popen[str]:
        """Starts a command; `largest_file` limits the bytes it may write into one file."""
        limit = [] if largest_file is None else ["prlimit", f"--fsize={largest_file}"]
        return subprocess.Popen(
            [*limit, str(AFFILIATE), *arguments],
            cwd=self.path,
            env=self.environ(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str, largest_file: int | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end, whatever that is."""
        process = self.start(*arguments, largest_file=largest_file, **extra)
        out, err = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def must(self, *arguments: str, **extra: Any) -> str:
        """Runs a command that has to succeed and returns its standard output."""
        done = self.run(*arguments, **extra)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments: str, **extra: str) -> Any:
        """The document that a command prints with `--json`."""
        return json.loads(self.must(*arguments, "--json", **extra))

    @property
    def current(self) -> str | None:
        """Name of the current release."""
        link = self.path / "releases" / "current"
        return link.resolve().name if link.exists() else None

    def landed(self) -> set[str]:
        """Every file of the landing zone, manifest entries included."""
        root = self.path / "landing"
        return {
            str(f.relative_to(root)) for f in root.rglob("*") if f.suffix in {".parquet", ".json"}
        }


def rows(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the current release."""
    file = home.path / "releases" / "current" / "customer_olap.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by all"
        ).fetchall()
        return {
            table: connection.execute(f"select * from marts.{table} order by all").fetchall()
            for (table,) in tables
        }


def share_ids(home: Home, other: Home) -> None:
    """Lets another home, which has none yet, give persons the ids that this one would."""
    key = Path("secrets") / "identity.key"
    (other.path / key).parent.mkdir(mode=0o700)
    shutil.copy2(home.path / key, other.path / key)


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    """A home in which nothing ran yet; its commands must not start servers."""
    return Home(tmp_path)


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a home with a small sample world that was run once, made once for all workers.

    An archive, because the database's files keep an owner of their own.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    archive = shared / "small_world.tar"
    with locked(shared / "small_world.lock"):
        if not archive.exists():
            with TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
                home = Home(Path(folder))
                home.must("demo", "--affiliates", "3", "--customers", "400")
                home.must("down")
                unfinished = archive.with_suffix(".part")
                subprocess.run(["tar", "-C", folder, "-cf", unfinished, "."], check=True)
                unfinished.replace(archive)
    return archive


@pytest.fixture(scope="module")
def home(small_world: Path) -> Iterator[Home]:
    """A home with a small sample world that was run once."""
    with TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
        subprocess.run(["tar", "-C", folder, "-xpf", small_world], check=True)
        home = Home(Path(folder))
        yield home
        home.must("down")
