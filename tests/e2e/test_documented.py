"""The README, the tutorial and the how-to guides, done by the letter in a copy of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.documented import PAGES, REPOSITORY, Change, Command, Step, matches, steps

pytestmark = pytest.mark.nightly

#: What each page has the reader do again, and the tests do once for all pages: a build takes long.
SHARED = ("affiliate evolve", "affiliate run")
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".affiliate", "__pycache__", ".*_cache", "build", "target", "logs"
)


class Reader:
    """Somebody who has cloned the project, has run the demo and does what the pages say."""

    def __init__(self, clone: Path) -> None:
        self._clone = clone
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AFFILIATE_")}
        inherited.pop("DAGSTER_HOME", None)
        self._environment = {
            **inherited,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            # before the project that is installed
            "PYTHONPATH": str(clone),
            "COLUMNS": "120",
        }

    def does(self, step: Step) -> None:
        """Takes one step; a command has to print what its page shows."""
        if isinstance(step, Change):
            step.apply(self._clone)
        else:
            self.runs(step.line, [step])

    def runs(self, line: str, told: list[Command]) -> None:
        """Runs a command that one or several pages tell of."""
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self._clone,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        for command in told:
            where = f"{command.page}: {line}\n{done.stdout}"
            assert (done.returncode != 0) == command.expected.startswith("error"), where
            assert matches(command.expected, done.stdout), where


@pytest.fixture
def reader(small_world: Path) -> Iterator[Reader]:
    with TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "clone"
        shutil.copytree(REPOSITORY, clone, ignore=LEFT_OUT)
        (clone / ".affiliate").mkdir()
        subprocess.run(["tar", "-C", clone / ".affiliate", "-xpf", small_world], check=True)
        reader = Reader(clone)
        yield reader
        reader.runs("affiliate down", [])


def test_documented_commands_work(reader: Reader) -> None:
    before: dict[str, list[Step]] = {line: [] for line in SHARED}
    told: dict[str, list[Command]] = {line: [] for line in SHARED}
    at_the_end: list[Step] = []
    for page in PAGES:
        waiting: list[Step] = []
        for step in steps(page):
            if isinstance(step, Command) and step.line in SHARED:
                before[step.line] += waiting
                told[step.line].append(step)
                waiting = []
            else:
                waiting.append(step)
        at_the_end += waiting

    for line in SHARED:
        assert told[line], line
        for step in before[line]:
            reader.does(step)
        reader.runs(line, told[line])
    for step in at_the_end:
        reader.does(step)
