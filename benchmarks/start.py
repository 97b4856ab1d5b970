"""What Dagster costs here: start-up, and a run's overhead over its work, each beside its floor.

.venv/bin/python -m benchmarks.start
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from benchmarks.shared.pages import Section, at_most, document, machine
from benchmarks.shared.programs import ROOT, run_program

RESULTS = ROOT / "benchmarks" / "results" / "start.md"
BIN = Path(sys.executable).parent
AFFILIATE = str(BIN / "affiliate")
REPEATS = 3
LOAD_SECONDS = 6.0
PACKAGES = ("dagster", "dagster-dbt", "dagster-webserver", "dbt-core", "dbt-duckdb", "duckdb")

IMPORTS = "import dagster, dagster_dbt"
LANDING = (
    "from orchestration.landing_definitions import build_landing_definitions as build\n"
    "build().get_repository_def()"
)
EVERYTHING = (
    "from ingestion.settings import load_settings\n"
    "from orchestration.definitions import build_definitions\n"
    "build_definitions(load_settings()).get_repository_def()"
)
#: What `dagster-webserver` would serve with one asset and nothing else.
BARE = "import dagster as dg\n@dg.asset\ndef one() -> None: ...\ndefs = dg.Definitions([one])\n"


def main() -> None:
    """Writes the page."""
    with tempfile.TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        environment = {"AFFILIATE_HOME": str(home)}
        run_program([AFFILIATE, "demo", "--customers", "2000"], environment)
        try:
            sections = [
                loading(environment),
                serving(environment, Path(folder)),
                running(environment),
            ]
        finally:
            run_program([AFFILIATE, "down"], environment)
    about = [
        machine(PACKAGES, ()),
        f"`make bench-start` writes this page. Medians of {REPEATS}, a process each.",
    ]
    RESULTS.write_text(document("Start-up and overhead of Dagster", about, sections))


def loading(environment: dict[str, str]) -> Section:
    """Definitions in a new process, beside importing what they need."""
    floor = seconds_of(IMPORTS, environment)
    landing = seconds_of(LANDING, environment)
    whole = seconds_of(EVERYTHING, environment)
    rows = [
        ("`import dagster, dagster_dbt`", f"{floor:.2f}", "1.00"),
        ("the part that lands, for `affiliate ingest`", f"{landing:.2f}", f"{landing / floor:.2f}"),
        ("everything", f"{whole:.2f}", f"{whole / floor:.2f}"),
    ]
    goals = [at_most("everything", LOAD_SECONDS, whole, "s")]
    return Section(
        "Loading the code location", "", ("what", "seconds", "ratio to the imports"), rows, goals
    )


def serving(environment: dict[str, str], folder: Path) -> Section:
    """From the command to the first answer, beside Dagster's own server with one asset."""
    bare = folder / "bare.py"
    bare.write_text(BARE)

    def theirs(port: int) -> tuple[list[str], str]:
        command = [str(BIN / "dagster-webserver"), "-f", str(bare), "-p", str(port)]
        return command, f"http://127.0.0.1:{port}/server_info"

    def ours(port: int) -> tuple[list[str], str]:
        command = [AFFILIATE, "up", "--port", str(port)]
        return command, f"http://127.0.0.1:{port}/health"

    floor = median(until_it_answers(theirs, {}) for _ in range(REPEATS))
    measured = median(until_it_answers(ours, environment) for _ in range(REPEATS))
    rows = [
        ("`dagster-webserver` with one asset, without a daemon", f"{floor:.1f}", "1.00"),
        ("`affiliate up`", f"{measured:.1f}", f"{measured / floor:.2f}"),
    ]
    return Section("Until the pages answer", "", ("what", "seconds", "ratio"), rows)


def running(environment: dict[str, str]) -> Section:
    """A run without news: what is not a step's work, and dbt with and without Dagster."""
    rounds = [a_run(environment) for _ in range(REPEATS)]
    whole = median(wall for wall, _ in rounds)
    steps = median(sum(step["seconds"] for step in steps) for _, steps in rounds)
    through = median(
        step["seconds"] for _, steps in rounds for step in steps if step["step"] == "dbt_models"
    )
    alone = median(dbt_alone(environment) for _ in range(REPEATS))
    rows = [
        ("`affiliate run`, from start to end", f"{whole:.1f}", ""),
        ("the sum of its steps", f"{steps:.1f}", f"{whole - steps:.1f} s around them"),
        ("dbt as a step, with its asset and check events", f"{through:.1f}", ""),
        ("the same dbt command alone", f"{alone:.1f}", f"ratio {through / alone:.2f}"),
    ]
    note = "2,000 customer records, nothing new in the sources, the same `as_of`."
    return Section("A run", note, ("what", "seconds", ""), rows)


def a_run(environment: dict[str, str]) -> tuple[float, list[dict[str, Any]]]:
    """Seconds of a run, and its steps."""
    command = [AFFILIATE, "run", "--json", "--as-of", "2026-06-01"]
    output, seconds, _ = run_program(command, environment)
    return seconds, json.loads(output)["steps"]


def dbt_alone(environment: dict[str, str]) -> float:
    """Seconds of the command that the step gives to dbt."""
    target = Path(environment["AFFILIATE_HOME"]) / "dbt" / "duckdb"
    copy = target / "alone"
    shutil.copytree(target / "target", copy, dirs_exist_ok=True)
    script = (
        "import os, subprocess\n"
        "from datetime import UTC, datetime\n"
        "from ingestion.settings import load_settings\n"
        "from orchestration.lib.dbt import BUILD, DBT, build_environment\n"
        "as_of = datetime(2026, 6, 1, tzinfo=UTC)\n"
        "environment = {**os.environ, **build_environment(load_settings(), as_of)}\n"
        f"environment['DBT_TARGET_PATH'] = {str(copy)!r}\n"
        "import time; started = time.perf_counter()\n"
        "subprocess.run([DBT, '--quiet', *BUILD], env=environment, check=True)\n"
        "print(time.perf_counter() - started)\n"
    )
    output, _, _ = run_program([sys.executable, "-c", script], environment)
    return float(output.split()[-1])


def seconds_of(script: str, environment: dict[str, str]) -> float:
    """Median seconds of a new interpreter that runs the script."""
    command = [sys.executable, "-W", "ignore", "-c", script]
    return median(run_program(command, environment)[1] for _ in range(REPEATS))


def until_it_answers(
    server: Callable[[int], tuple[list[str], str]], environment: dict[str, str]
) -> float:
    """Seconds from a server's start to its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command, address = server(port)
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as dagster_home,
        subprocess.Popen(
            command,
            env={**os.environ, "DAGSTER_HOME": dagster_home, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            while process.poll() is None:
                with suppress(OSError), urlopen(address, timeout=2):
                    return time.perf_counter() - started
                time.sleep(0.05)
            raise SystemExit(f"{command[0]} ended")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
