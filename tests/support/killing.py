"""Kills an operation on a landing zone at any of its system calls, and tells which it makes.

`strace` counts the calls and injects the kill. Where it is missing or may not trace, the same
process cuts itself off at the calls of Python's `os` that change the disk: coarser, as it does not
see what libraries call.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Every call that may make, name, fill, force, change or remove a file or a directory.
CALLS = (
    *("open", "openat", "creat", "write", "pwrite64", "writev", "ftruncate", "fallocate"),
    *("fsync", "fdatasync", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir"),
    *("chmod", "fchmod", "fchmodat"),
)
LINE = re.compile(r"^(\d+) +(\w+)\((.*)")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Point:
    """The `nth` call of a kind, of whichever process makes so many first.

    Without strace, of any kind.
    """

    call: str
    nth: int


@dataclass(frozen=True)
class Call:
    """A call, with its arguments as strace writes them."""

    point: Point
    arguments: str

    @property
    def names(self) -> list[str]:
        """Paths it names."""
        return re.findall(r'"([^"]*)"', self.arguments)

    @property
    def file(self) -> str:
        """Path of the open file it works on."""
        match = re.match(r"\d+<([^>]*)>", self.arguments)
        return match[1] if match else ""

    @property
    def changes_the_disk(self) -> bool:
        """An open that only reads changes nothing: dying there is dying at the call before."""
        return not self.point.call.startswith("open") or "O_CREAT" in self.arguments


def one_of_each_kind(points: Iterable[Point]) -> list[Point]:
    """A point of each kind of call, always the same; without strace some of its only kind."""
    kinds: dict[str, list[Point]] = {}
    for point in points:
        kinds.setdefault(point.call, []).append(point)
    chance = random.Random(7)
    size = 12 if len(kinds) == 1 else 1
    return [one for kind in kinds.values() for one in chance.sample(kind, min(size, len(kind)))]


class Worker:
    """The process that forks for every operation."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, *, traced: bool) -> None:
        self._process = process
        self._log = folder / "trace"
        self.traced = traced

    def run(
        self, job: dict[str, Any], point: Point | None = None, *, is_traced: bool = False
    ) -> int:
        """Runs the operation, to its death at the point if there is one; gives its exit code."""
        steps = point.nth - 1 if point and not self.traced else None
        child = int(self._ask(json.dumps({**job, "steps": steps})))
        tracer = self._trace(child, point) if self.traced and (point or is_traced) else None
        code = int(self._ask(""))
        if tracer:
            tracer.communicate()
        return code

    def calls(self, job: dict[str, Any]) -> list[Call]:
        """Runs the operation undisturbed; gives its calls that change the disk, in order."""
        assert self.run(job, is_traced=True) == 0
        # strace counts the calls of each process and thread by itself
        counted: Counter[tuple[str, str]] = Counter()
        calls = []
        for match in map(LINE.match, self._log.read_text().splitlines()):
            if match:
                tracee, name, arguments = match.groups()
                counted[tracee, name] += 1
                calls.append(Call(Point(name, counted[tracee, name]), arguments))
        return [call for call in calls if call.changes_the_disk]

    def points(self, job: dict[str, Any]) -> list[Point]:
        """Runs the operation undisturbed; gives every point at which it can die."""
        if self.traced:
            return [call.point for call in self.calls(job)]
        assert self.run({**job, "counts": str(self._log)}) == 0
        return [Point("any", nth) for nth in range(1, int(self._log.read_text()) + 1)]

    def _ask(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def _trace(self, child: int, point: Point | None) -> subprocess.Popen[str]:
        tracer = _strace(child, self._log, point)
        assert tracer.stderr
        assert "attached" in tracer.stderr.readline()
        return tracer


def _strace(child: int, log: Path, point: Point | None) -> subprocess.Popen[str]:
    # `?`: not every machine has every call
    wanted = ",".join(f"?{call}" for call in CALLS)
    command = ["strace", "-f", "-y", "-s", "0", "-o", str(log), "-e", f"trace={wanted}"]
    if point:
        command += ["-e", f"inject={point.call}:signal=KILL:when={point.nth}"]
    return subprocess.Popen([*command, "-p", str(child)], stderr=subprocess.PIPE, text=True)


@contextmanager
def worker(folder: Path, *, traced: bool) -> Iterator[Worker]:
    """Starts the process; stops it when the block ends."""
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.landing_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield Worker(process, folder, traced=traced)
    finally:
        process.communicate()


def why_untraceable() -> str:
    """Why this machine cannot trace; empty if it can."""
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        tracer = _strace(sleeper.pid, Path(os.devnull), None)
        assert tracer.stderr
        answer = tracer.stderr.readline()
    except FileNotFoundError:
        return "strace is not installed"
    finally:
        sleeper.send_signal(signal.SIGKILL)
        sleeper.wait()
    tracer.communicate()
    return "" if "attached" in answer else "strace may not trace here"
