"""How many records persons have, as a chart that Dagster's pages can show."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.lib.charts import bar_table

#: First and last number of records of each bar; beyond the last stands whoever has more.
BANDS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50))


def size_chart(sizes: Mapping[int, int]) -> str:
    """Markdown table with a bar per band of sizes.

    Args:
        sizes: Records of a person → how many persons have as many.
    """
    counts = {_band(low, high): 0 for low, high in BANDS}
    for size, persons in sizes.items():
        name = next((_band(low, high) for low, high in BANDS if low <= size <= high), "more")
        counts[name] = counts.get(name, 0) + persons
    largest = f"The largest person has {max(sizes, default=0):,} records."
    return f"{bar_table(('records', 'persons'), counts)}\n\n{largest}"


def _band(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"
