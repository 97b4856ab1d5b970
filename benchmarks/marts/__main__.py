"""The command: writes worlds, builds their marts in every way, writes the page."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.marts import ways
from benchmarks.marts.ways import Comparison, Result
from benchmarks.shared.pages import Goal, Section, at_most, document, machine

RESULTS = Path(__file__).parents[1] / "results" / "marts.md"
COMMAND = "make bench-marts"
QUICK = (100_000,)
SIZES = (100_000, 1_000_000, 10_000_000)
#: The sizes that goals are about.
RATIO_SIZE, LARGE = 1_000_000, 10_000_000
#: What DuckDB may take then, so that the whole program stays below the goal of 8 GB.
LARGE_MEMORY = "6.5GB"
SHOWN_MODELS = 15
METHOD = (
    "Every method starts from the same warehouse: raw tables, dbt's seeds, and synthetic identity "
    "tables, so that identity resolution is not measured. It builds staging, intermediate models "
    "and marts in a process of its own. There are a tenth as many customer records as orders, "
    "twice as many page views and order lines, 20 affiliates and 10,000 products. SQL is the time "
    "from the start of the first model to the end of the last one; dbt builds two at once. "
    "Copying the finished tables computes nothing, so no method that builds them can be faster. "
    f"At 10,000,000 orders, DuckDB may use {LARGE_MEMORY} in every method and dbt builds one model "
    "at a time; Dagster, tests and PostgreSQL are omitted, because their overhead is known from "
    "the smaller sizes. The peak is the highest memory of the process and its children, without "
    "the PostgreSQL server. Marts are equal if the hashes of all rows of all tables are equal."
)
HEADER = ("method", "seconds", "SQL seconds", "SQL relative to baseline", "peak MB", "equal marts")
MODEL_HEADER = ("model", "baseline, s", "dbt, s")


def measure(
    sizes: Annotated[list[int] | None, typer.Argument(help="Numbers of orders.")] = None,
    quick: Annotated[bool, typer.Option(help="100,000 orders; printed only.")] = False,
    write: Annotated[
        bool, typer.Option(help="Write the page, which names the sizes that were not run.")
    ] = False,
) -> None:
    """Builds the marts in every way; writes benchmarks/results/marts.md after all sizes.

    Data and servers live below TMPDIR, which must be a disk for the figures to mean anything.
    """
    signal.signal(signal.SIGTERM, _stop)  # servers must not outlive us
    asked = tuple(sizes or (QUICK if quick else SIZES))
    started, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-marts-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own where we are root
        # what would not fit fails at once
        found = {size: _sections(folder, size) for size in sorted(asked, reverse=True)}
    is_record = write or asked == SIZES
    sections = [part for size in sorted(found) for part in found[size]]
    text = _page(sections, asked, load, time.monotonic() - started)
    if is_record:
        RESULTS.write_text(text)
    print(text)


def _sections(folder: Path, size: int) -> list[Section]:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        Path(name).chmod(0o755)
        memory = LARGE_MEMORY if size >= LARGE else None
        # what Dagster, tests and PostgreSQL add is known from less
        results = Comparison(Path(name), size, memory, tell).run(with_all=size < LARGE)
    floor = results[0].build
    rows = [
        (
            result.way,
            f"{result.build.wall:.1f}",
            f"{result.build.sql:.1f}",
            f"{result.build.sql / floor.sql:.2f}",
            f"{result.build.peak_mb:,.0f}",
            ", ".join(result.differing) or "yes",
        )
        for result in results
    ]
    return [
        Section(f"{size:,} orders", "", HEADER, rows, _goals(size, results)),
        _models(size, results),
    ]


def _goals(size: int, results: Sequence[Result]) -> list[Goal]:
    of = {result.way: result.build for result in results}
    floor, ours, dagster = of[ways.FLOOR], of[ways.DBT], of.get(ways.DAGSTER)
    differing = sum(len(result.differing) for result in results)
    goals = [Goal("marts that differ", "0", str(differing), differing == 0)]
    if dagster:
        beside = dagster.wall - dagster.sql
        goals.append(at_most("overhead of dbt and Dagster", 12, beside, "s"))
    if size >= RATIO_SIZE:
        goals.append(at_most("SQL relative to baseline", 1.3, ours.sql / floor.sql, "times"))
    if size >= LARGE:
        goals.append(at_most("SQL", 90, ours.sql, "s"))
        goals.append(at_most("peak memory", 8_000, ours.peak_mb, "MB"))
    return goals


def _models(size: int, results: Sequence[Result]) -> Section:
    """The costliest models, in the floor's order: there they had the machine to themselves."""
    of = {result.way: result.build for result in results}
    theirs = {model.relation: model.seconds for model in of[ways.DBT].models}
    slowest = sorted(of[ways.FLOOR].models, key=lambda model: -model.seconds)[:SHOWN_MODELS]
    rows = [
        (model.relation, f"{model.seconds:.1f}", f"{theirs[model.relation]:.1f}")
        for model in slowest
    ]
    return Section(f"The slowest models at {size:,} orders", "", MODEL_HEADER, rows)


def _page(sections: list[Section], asked: Sequence[int], load: float, seconds: float) -> str:
    arguments = " ".join(sys.argv[1:])
    command = COMMAND if not arguments else f"python -m benchmarks.marts {arguments}"
    missing = [f"{size:,}" for size in SIZES if size not in asked]
    about: tuple[str, ...] = (
        machine(("duckdb", "dbt-core", "dbt-duckdb", "dbt-postgres", "dagster"), ()),
        f"One run of `{command}`, {seconds / 60:.0f} minutes; load average {load:.1f} before it. "
        + METHOD,
    )
    if missing:
        about += (f"**Not run**: {' and '.join(missing)} orders; their targets are not checked.",)
    return document("Marts", about, sections)


def tell(line: str) -> None:
    """Progress, apart from the page."""
    print(line, file=sys.stderr, flush=True)


def _stop(*_: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    typer.run(measure)
