"""Records per customer, as a chart that Dagster's pages can show."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.lib.charts import bar_table

#: Smallest and largest number of records in each bar; larger customers get a separate bar.
BANDS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50))


def size_chart(sizes: Mapping[int, int]) -> str:
    """Markdown table with a bar per band of sizes.

    Args:
        sizes: Number of records → number of customers with that many.
    """
    counts = {_band(low, high): 0 for low, high in BANDS}
    for size, customers in sizes.items():
        name = next((_band(low, high) for low, high in BANDS if low <= size <= high), "more")
        counts[name] = counts.get(name, 0) + customers
    largest = f"The largest customer has {max(sizes, default=0):,} records."
    return f"{bar_table(('records', 'customers'), counts)}\n\n{largest}"


def _band(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"
