"""A run without news: what is not a step's work, and dbt with and without Dagster."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.shared.pages import Section
from benchmarks.shared.programs import run_program
from benchmarks.start.places import AFFILIATE
from benchmarks.start.turns import in_turns, ratio

AS_OF = "2026-06-01T00:00:00+00:00"
#: What the step gives to dbt; prints its seconds.
ALONE = """
import os, subprocess, time
from datetime import datetime
from core.settings import load_settings
from orchestration.lib.dbt import BUILD, DBT, PROJECT_DIR, build_environment
environment = {**os.environ, **build_environment(load_settings(), datetime.fromisoformat("AS_OF"))}
environment["DBT_TARGET_PATH"] = "TARGET"
started = time.perf_counter()
subprocess.run([DBT, "--quiet", *BUILD], cwd=PROJECT_DIR, env=environment, check=True)
print(time.perf_counter() - started)
"""


def running(environment: Mapping[str, str]) -> Section:
    """The platform's command, and dbt alone on the same warehouse."""
    runs: list[dict[str, float]] = []

    def run() -> float:
        seconds, steps = _a_run(environment)
        runs.append(steps)
        return seconds

    turns = in_turns({"run": run, "alone": lambda: _dbt_alone(environment)})
    through = {"dbt": [steps["dbt_models"] for steps in runs], "alone": turns["alone"]}
    whole, work = median(turns["run"]), median(sum(steps.values()) for steps in runs)
    rows = [
        ("`affiliate run`, from start to end", f"{whole:.1f}", ""),
        ("the sum of its steps", f"{work:.1f}", f"{whole - work:.1f} s overhead"),
        ("dbt as a step, with its asset and check events", f"{median(through['dbt']):.1f}", ""),
        (
            "the same dbt command without Dagster",
            f"{median(turns['alone']):.1f}",
            f"the step takes {ratio(through, 'dbt', 'alone'):.2f} times as long",
        ),
    ]
    note = "The sources have no new data and `as_of` is unchanged."
    return Section("A run", note, ("measurement", "seconds", ""), rows)


def _a_run(environment: Mapping[str, str]) -> tuple[float, dict[str, float]]:
    """Seconds of a run, and of its steps."""
    output, seconds, _ = run_program([AFFILIATE, "run", "--json", "--as-of", AS_OF], environment)
    steps: list[dict[str, Any]] = json.loads(output)["steps"]
    return seconds, {step["step"]: float(step["seconds"]) for step in steps}


def _dbt_alone(environment: Mapping[str, str]) -> float:
    target = Path(environment["AFFILIATE_HOME"]) / "dbt" / "duckdb"
    copy = target / "alone"
    shutil.copytree(target / "target", copy, dirs_exist_ok=True)
    script = ALONE.replace("AS_OF", AS_OF).replace("TARGET", str(copy))
    output, _, _ = run_program([sys.executable, "-c", script], environment)
    return float(output.split()[-1])
