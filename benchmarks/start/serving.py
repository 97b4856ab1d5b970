"""From the command to the first answer, beside Dagster's own server with one asset."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import psutil

from benchmarks.shared.pages import Section
from benchmarks.start.places import AFFILIATE, BIN
from benchmarks.start.turns import beside, in_turns

BARE = "import dagster as dg\n@dg.asset\ndef one() -> None: ...\ndefs = dg.Definitions([one])\n"
FLOOR = "`dagster-webserver` with one asset, without a daemon"
OURS = "`affiliate up`"


def serving(environment: Mapping[str, str], folder: Path) -> Section:
    """Seconds and memory of both."""
    bare = folder / "bare.py"
    bare.write_text(BARE)
    theirs = [str(BIN / "dagster-webserver"), "-f", str(bare), "--port"]
    held: dict[str, float] = {}
    ways = {
        FLOOR: partial(_until_it_answers, FLOOR, theirs, "/server_info", {}, held),
        OURS: partial(
            _until_it_answers, OURS, [AFFILIATE, "up", "--port"], "/health", environment, held
        ),
    }
    rows = [
        (*row, f"{held[row[0]]:.0f}", f"{held[row[0]] / held[FLOOR]:.2f}")
        for row in beside(in_turns(ways), FLOOR)
    ]
    note = "Memory is that of all processes at the first response; shared memory is counted once."
    header = ("measurement", "seconds", "ratio", "MB", "ratio")
    return Section("Time until the pages respond", note, header, rows)


def _until_it_answers(
    name: str, command: list[str], page: str, environment: Mapping[str, str], held: dict[str, float]
) -> float:
    """Seconds from a server's start to its first answer; what it holds then goes into `held`."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as dagster_home,
        subprocess.Popen(
            [*command, str(port)],
            env={**os.environ, "DAGSTER_HOME": dagster_home, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            while process.poll() is None:
                with suppress(OSError), urlopen(f"http://127.0.0.1:{port}{page}", timeout=2):
                    seconds = time.perf_counter() - started
                    held[name] = _megabytes(process.pid)
                    return seconds
                time.sleep(0.05)
            raise SystemExit(f"{name} ended")
        finally:
            process.terminate()
            process.wait()


def _megabytes(pid: int) -> float:
    root = psutil.Process(pid)
    return float(sum(p.memory_full_info().pss for p in [root, *root.children(True)])) / 1e6
