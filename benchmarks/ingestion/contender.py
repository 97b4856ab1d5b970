"""The side of a contender: one process, one job, one timed piece of work.

Standard library alone: the peers' environment has nothing of the platform.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """What to read and where to write.

    Attributes:
        source: DSN of the database or `host:port` of the broker.
        name: `schema.table` or topic; empty for all of them.
        rows: Rows or messages to read.
        output: Existing directory for files.
        columns: (name, raw type) of a table, audit columns left out.
        broker: `host:port`, for a job that reads both servers.
    """

    source: str
    name: str
    rows: int
    output: str
    columns: list[tuple[str, str]] = field(default_factory=list)
    broker: str = ""

    @property
    def folder(self) -> Path:
        """The output directory."""
        return Path(self.output)


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Attributes:
        rows: Rows read.
        files: Parquet files with those rows; none for a floor.
    """

    rows: int
    files: list[Path] = field(default_factory=list)


def run(work: Callable[[Job], Outcome]) -> None:
    """Does the job given as JSON on the command line and prints the measurement as JSON.

    Only `work` is timed, imports are not; the peak memory is the whole process's.
    """
    job = Job(**json.loads(sys.argv[1]))
    started, worked = time.perf_counter(), _cpu_seconds()
    outcome = work(job)
    seconds, cpu_seconds = time.perf_counter() - started, _cpu_seconds() - worked
    measured = {
        "rows": outcome.rows,
        "files": [str(path) for path in outcome.files],
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_bytes": peak_bytes(),
    }
    print("\n" + json.dumps(measured))


def sync(path: Path) -> None:
    """Makes a file that a library wrote durable, as the platform's files are."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cpu_seconds() -> float:
    """Processor time of this program, all its threads and its finished children."""
    return sum(os.times()[:4])


def peak_bytes() -> int:
    """Most memory this program held; getrusage would count what the parent had before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
