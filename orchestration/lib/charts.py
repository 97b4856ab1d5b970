"""Bars that Dagster's pages can show: Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping

WIDTH = 40


def bar_table(heading: tuple[str, str], values: Mapping[str, int]) -> str:
    """Markdown table with a bar per entry.

    Args:
        heading: What the entries are, and what is counted.
        values: Entry → number, in the order to show.
    """
    most = max(values.values(), default=0)
    rows = [f"| {name} | {value:,} | {_bar(value, most)} |" for name, value in values.items()]
    return "\n".join([f"| {heading[0]} | {heading[1]} | |", "|--:|--:|:--|", *rows])


def _bar(value: int, most: int) -> str:
    """At least a sliver for whatever is not nothing."""
    return "█" * round(WIDTH * value / most) or "▏" if value else ""
