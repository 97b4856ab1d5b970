"""What an empty step costs, by the way steps are executed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.shared.pages import Section
from benchmarks.shared.programs import run_program
from benchmarks.start.places import BIN
from benchmarks.start.turns import Turns, in_turns

#: Jobs `in_process_1` and the like: so many empty steps, one after the other.
JOBS = """
import dagster as dg

@dg.op(ins={"before": dg.In(dg.Nothing)})
def empty() -> None: ...

def chain(name, steps, executor):
    @dg.job(name=f"{name}_{steps}", executor_def=executor)
    def job():
        before = empty.alias("step_0")()
        for number in range(1, steps):
            before = empty.alias(f"step_{number}")(before)
    return job

defs = dg.Definitions(jobs=[
    *(chain("in_process", steps, dg.in_process_executor) for steps in (1, 101)),
    *(chain("multiprocess", steps, dg.multiprocess_executor) for steps in (1, 4)),
])
"""
LONGER = {"in_process": (1, 101), "multiprocess": (1, 4)}
SAID = {
    "in_process": "the process of the run, as in this platform",
    "multiprocess": "a process per step (Dagster's default)",
}


def empty_steps(folder: Path) -> Section:
    """Jobs of empty steps, short and long: the difference is what a step more costs."""
    file = folder / "empty.py"
    file.write_text(JOBS)
    environment = {"DAGSTER_HOME": str(folder)}
    turns = in_turns(
        {
            f"{way}_{steps}": partial(_seconds, file, f"{way}_{steps}", environment)
            for way, both in LONGER.items()
            for steps in both
        }
    )
    floor = _a_step(turns, "in_process")
    rows = [
        (
            SAID[way],
            f"{median(turns[f'{way}_1']):.2f}",
            f"{_a_step(turns, way):.3f}",
            f"{_a_step(turns, way) / floor:.1f}",
        )
        for way in LONGER
    ]
    header = ("executor", "job with one step, seconds", "seconds per further step", "ratio")
    return Section("An empty step", "`dagster job execute`, history in SQLite.", header, rows)


def _seconds(file: Path, job: str, environment: Mapping[str, str]) -> float:
    command = [str(BIN / "dagster"), "job", "execute", "-f", str(file), "-j", job]
    return run_program(command, environment)[1]


def _a_step(turns: Turns, way: str) -> float:
    """Seconds that each further step adds."""
    few, many = LONGER[way]
    both = zip(turns[f"{way}_{few}"], turns[f"{way}_{many}"], strict=True)
    return median(long - short for short, long in both) / (many - few)
