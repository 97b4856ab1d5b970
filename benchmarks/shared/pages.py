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
            parts.append(table(("goal", "target", "measured", "met"), cells))
        return "\n\n".join(part for part in parts if part)


def at_least(text: str, wanted: float, measured: float) -> Goal:
    """A goal that a ratio reaches."""
    return Goal(text, f"≥ {wanted}", f"{measured:.2f}", measured >= wanted)


def at_most(text: str, wanted: float, measured: float, unit: str) -> Goal:
    """A goal that a figure stays below."""
    return Goal(text, f"≤ {wanted:.4g} {unit}", f"{measured:.4g} {unit}", measured <= wanted)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |".replace("| --- ", "|---") for cells in lines)


def document(title: str, about: Sequence[str], sections: Sequence[Section]) -> str:
    """The whole page; `about` holds paragraphs."""
    return "\n\n".join([f"# {title}", *about, *(section.markdown() for section in sections), ""])


def machine(ours: Sequence[str], peers: Sequence[str], note: str = "") -> str:
    """Where, beside how much other work and with which versions something was measured.

    Args:
        ours: Packages of this environment.
        peers: Packages of the peers' environment.
        note: A sentence in between.
    """
    memory = psutil.virtual_memory().total / 1e9
    installed = ", ".join(f"{name} {version(name)}" for name in ours)
    theirs = f" Peers: {locked(REQUIREMENTS, peers)}." if peers else ""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"load average {os.getloadavg()[2]:.1f} over the last 15 minutes. "
        f"{note}{installed}.{theirs}"
    )


def locked(requirements: Path, names: Sequence[str]) -> str:
    """Packages of another environment, with the versions that its lock gives them."""
    versions = dict(
        line.split(" ")[0].split("==")
        for line in requirements.read_text().splitlines()
        if "==" in line and not line.startswith(" ")
    )
    return ", ".join(f"{name} {versions[name]}" for name in names)


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.processor() or "unknown"
