"""Writes the page: `make bench-start`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.shared.pages import document, machine
from benchmarks.shared.programs import ROOT, run_program
from benchmarks.start.loading import loading
from benchmarks.start.places import AFFILIATE
from benchmarks.start.running import running
from benchmarks.start.serving import serving
from benchmarks.start.steps import empty_steps
from benchmarks.start.turns import REPEATS

RESULTS = ROOT / "benchmarks" / "results" / "start.md"
CUSTOMERS = 2000
PACKAGES = ("dagster", "dagster-dbt", "dagster-webserver", "dbt-core", "dbt-duckdb", "duckdb")


def main() -> None:
    """Measures on a sample world of its own."""
    with tempfile.TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
        environment = {"AFFILIATE_HOME": str(Path(folder) / "home")}
        run_program([AFFILIATE, "demo", "--customers", str(CUSTOMERS)], environment)
        try:
            sections = [
                loading(environment),
                serving(environment, Path(folder)),
                empty_steps(Path(folder)),
                running(environment),
            ]
        finally:
            run_program([AFFILIATE, "down"], environment)
    about = [
        machine(PACKAGES, ()),
        f"`make bench-start` writes this page. The sample world has {CUSTOMERS:,} customer "
        f"records. Numbers are medians of {REPEATS} turns, each in a new process; ratios are "
        "computed within a turn.",
    ]
    RESULTS.write_text(document("Start-up and overhead of Dagster", about, sections))


if __name__ == "__main__":
    main()
