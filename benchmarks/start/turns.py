"""Ways that take turns, so that a busy minute is everybody's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from statistics import median

from benchmarks.shared.programs import run_program

REPEATS = 3

#: Way → seconds, a figure per turn.
Turns = Mapping[str, list[float]]


def in_turns(ways: Mapping[str, Callable[[], float]]) -> Turns:
    """Seconds of each way in each turn."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(REPEATS):
        for name, way in ways.items():
            found[name].append(way())
    return found


def ratio(turns: Turns, name: str, floor: str) -> float:
    """Median of the turns' ratios."""
    return median(ours / theirs for ours, theirs in zip(turns[name], turns[floor], strict=True))


def beside(turns: Turns, floor: str) -> list[tuple[str, str, str]]:
    """A row for each way: its median, and its ratio to the floor."""
    return [
        (name, f"{median(seconds):.2f}", f"{ratio(turns, name, floor):.2f}")
        for name, seconds in turns.items()
    ]


def python(script: str, environment: Mapping[str, str]) -> float:
    """Seconds of a new interpreter that runs the script."""
    return run_program([sys.executable, "-W", "ignore", "-c", script], environment)[1]
