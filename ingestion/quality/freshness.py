"""How old the newest row is, and whether rows come from the future.

Both only warn: a clock that runs ahead and a source that sleeps are to be mended where they are,
and holding rows back would make the numbers older still.
"""

from __future__ import annotations

from ingestion.quality.rules import BETWEEN, LOWEST, QualityRule

#: Column with full hours from the row's time to the instant of the review; negative is future.
AGE = "age_hours"
#: Clocks differ by less.
AHEAD_HOURS = 1
#: Rows that may come from the future all the same: one wrong clock among many.
MOSTLY = 0.999


def freshness_rules(stale_days: int | None) -> tuple[QualityRule, ...]:
    """Rules on `AGE`; without a number of days the newest row may be as old as it likes."""
    ahead = QualityRule(
        "freshness",
        BETWEEN,
        (AGE,),
        "warning",
        "rows from the future win over newer ones that come later",
        MOSTLY,
        arguments={"min_value": -AHEAD_HOURS},
    )
    if stale_days is None:
        return (ahead,)
    stale = QualityRule(
        "freshness",
        LOWEST,
        (AGE,),
        "warning",
        f"nothing newer than {stale_days} days: the source may have stopped",
        arguments={"max_value": stale_days * 24},
    )
    return ahead, stale
