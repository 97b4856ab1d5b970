"""The dbt project's levels of agreement as Splink's comparisons, with the same conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: Field → its levels in order, each with its condition over the rows `a` and `b`.
Levels = Mapping[str, Sequence[tuple[str, str]]]

#: Levels without weight.
SILENT = ("missing", "junk")


def comparisons(levels: Levels) -> list[dict[str, Any]]:
    """Return Splink's settings of all comparisons."""
    return [comparison(field, levels[field]) for field in sorted(levels)]


def comparison(field: str, levels: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return Splink's settings of one comparison.

    Args:
        field: Name of the field.
        levels: Names and conditions; levels without weight, such as `missing`, come first.
    """
    silent = " or ".join(f"({sides(condition)})" for level, condition in levels if level in SILENT)
    weighted = [
        {
            "label_for_charts": level,
            "sql_condition": "ELSE" if condition == "true" else sides(condition),
        }
        for level, condition in levels
        if level not in SILENT
    ]
    missing = {"label_for_charts": "missing", "sql_condition": silent, "is_null_level": True}
    return {"output_column_name": field, "comparison_levels": [missing, *weighted]}


def columns(levels: Sequence[tuple[str, str]]) -> set[str]:
    """Return the columns of a record that the levels use."""
    return set(re.findall(r"\b[ab]\.(\w+)", " ".join(condition for _, condition in levels)))


def sides(condition: str) -> str:
    """Rewrite `a.surname = b.surname` in Splink's form: `surname_l = surname_r`."""
    return re.sub(
        r"\b([ab])\.(\w+)", lambda found: found[2] + ("_l" if found[1] == "a" else "_r"), condition
    )
