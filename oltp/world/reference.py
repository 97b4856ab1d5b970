"""Reference data: the CSV files of `oltp/world/data/`, read on first use."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `data/<name>.csv` as dictionaries."""
    text = (files("oltp.world") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def column(name: str, of: str, **only: str) -> list[str]:
    """One column of `data/<name>.csv`; `only` keeps rows whose column has that value."""
    return [row[of] for row in rows(name) if all(row[key] == want for key, want in only.items())]


def weights(name: str, **only: str) -> list[float]:
    """The column `weight` of `data/<name>.csv`."""
    return [float(weight) for weight in column(name, "weight", **only)]
