"""Bar charts as Markdown tables, which Dagster's pages can show."""

from __future__ import annotations

from collections.abc import Mapping

WIDTH = 40


def bar_table(heading: tuple[str, str], values: Mapping[str, int]) -> str:
    """Markdown table with a bar per entry.

    Args:
        heading: Titles of the two columns.
        values: Entry → number, in display order.
    """
    most = max(values.values(), default=0)
    rows = [f"| {name} | {value:,} | {_bar(value, most)} |" for name, value in values.items()]
    return "\n".join([f"| {heading[0]} | {heading[1]} | |", "|--:|--:|:--|", *rows])


def _bar(value: int, most: int) -> str:
    """Any number above zero gets a visible bar."""
    return "█" * round(WIDTH * value / most) or "▏" if value else ""
