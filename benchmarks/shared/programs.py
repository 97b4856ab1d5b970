"""Runs a program to its end, with a clock and an eye on its memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

ROOT = Path(__file__).parents[2]
SAMPLE_SECONDS = 0.02
#: No contender is worth a longer wait.
LIMIT_SECONDS = 300


class ProgramFailed(SystemExit):
    """A program that did not come to a good end; the text says which and why."""


def run_program(
    command: list[str], environment: Mapping[str, str], limit_seconds: float = LIMIT_SECONDS
) -> tuple[str, float, float]:
    """Output, seconds and peak memory in MB of a program and its children.

    Args:
        command: The program and its arguments.
        environment: Added to the one we have.
        limit_seconds: After them it is killed.

    Raises:
        ProgramFailed: it was killed, or says itself that it failed.
    """
    started = time.perf_counter()
    with (
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment},
        ) as process,
        _Watcher(process.pid) as watcher,
    ):
        try:
            output, errors = process.communicate(timeout=limit_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise ProgramFailed(f"not done after {limit_seconds:.0f} seconds") from None
        except BaseException:
            process.kill()
            raise
    seconds = time.perf_counter() - started
    if process.returncode:
        said = (errors or output)[-2000:]
        raise ProgramFailed(f"{' '.join(command[:3])} failed ({process.returncode}):\n{said}")
    return output, seconds, watcher.peak_bytes / 1e6


class _Watcher:
    """Samples the resident memory of a process and its children, in a thread."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._root = psutil.Process(pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            held = 0
            with suppress(psutil.NoSuchProcess):
                for member in (self._root, *self._root.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):
                        held += member.memory_info().rss
            self.peak_bytes = max(self.peak_bytes, held)
