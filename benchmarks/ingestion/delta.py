"""Question 2: what a run costs when one row in a hundred changed, and whether memory grows."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from statistics import median

import psycopg

from benchmarks.ingestion.contender import Job
from benchmarks.ingestion.full_read import PLATFORM
from benchmarks.ingestion.measure import Measurement, Runner
from benchmarks.ingestion.servers import Servers
from benchmarks.ingestion.tables import BenchTable, make_customers
from benchmarks.shared.pages import Goal, Section, at_most

REPEATS = 3
PART = 100
#: Memory that does not grow with the rows, give or take.
FLAT = 1.25


@dataclass(frozen=True)
class DeltaResult:
    """A full read, then deltas of one percent.

    Attributes:
        table: What was read.
        full: The first read.
        deltas: The reads after each change.
    """

    table: BenchTable
    full: Measurement
    deltas: list[Measurement]

    @property
    def seconds(self) -> float:
        """Median of the deltas."""
        return median(delta.seconds for delta in self.deltas)

    @property
    def allowed_seconds(self) -> float:
        """3 % of the full read, and half a second."""
        return 0.03 * self.full.seconds + 0.5

    @property
    def peak_mb(self) -> float:
        """Highest peak of a delta."""
        return max(delta.peak_mb for delta in self.deltas)


def sections(runner: Runner, servers: Servers, scale: float) -> list[Section]:
    """Deltas of two tables, one ten times the other."""
    tables = [
        make_customers(servers.admin, f"customers_{rows}", rows)
        for rows in (int(200_000 * scale), int(2_000_000 * scale))
    ]
    small, big = (measure(runner, t, servers.reader, servers.admin) for t in tables)
    rows = [
        (
            f"{result.table.rows:,}",
            f"{result.full.seconds:.2f}",
            f"{result.seconds:.2f}",
            f"{result.full.peak_mb:,.0f}",
            f"{result.peak_mb:,.0f}",
        )
        for result in (small, big)
    ]
    goals = [
        at_most("delta of the large table", big.allowed_seconds, big.seconds, "s"),
        _flat("full read", [result.full.peak_mb for result in (small, big)]),
        _flat("delta", [result.peak_mb for result in (small, big)]),
    ]
    note = (
        f"One row in {PART} is updated, {REPEATS} times; the delta is the median. "
        "The target is 3 % of the time of the full read plus half a second."
    )
    header = ("rows", "full read, s", "delta, s", "full read, peak MB", "delta, peak MB")
    return [
        Section(
            "PostgreSQL: a delta of 1 %, and memory by number of rows", note, header, rows, goals
        )
    ]


def measure(runner: Runner, table: BenchTable, reader: str, admin: str) -> DeltaResult:
    """Lands the table, then thrice what one changed row in a hundred makes.

    Args:
        runner: Starts the platform.
        table: What to read.
        reader: The database, as the role that reads.
        admin: The same, as the owner.
    """
    with tempfile.TemporaryDirectory(dir=runner.folder) as zone:
        job = Job(reader, table.name, table.rows, zone, list(table.columns))
        full = runner.keep(PLATFORM, job)
        deltas = []
        for turn in range(REPEATS):
            changed = _change(admin, table, turn)
            delta = runner.keep(PLATFORM, job)
            if delta.rows != changed:
                raise SystemExit(f"{table.name}: {delta.rows} of {changed} changes landed")
            deltas.append(delta)
    return DeltaResult(table, full, deltas)


def _change(admin: str, table: BenchTable, turn: int) -> int:
    with psycopg.connect(admin) as connection:
        return connection.execute(
            f"update {table.name} set updated_at = now() where id % {PART} = {turn}"
        ).rowcount


def _flat(name: str, peaks: list[float]) -> Goal:
    return at_most(f"{name}: peak with ten times the rows", FLAT, peaks[1] / peaks[0], "times")
