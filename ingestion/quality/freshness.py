"""Freshness rules: the age of the newest row, and rows dated in the future.

Both only warn. A wrong clock or a stopped source must be fixed at the source; holding batches would
only make the data older.
"""

from __future__ import annotations

from ingestion.quality.rules import BETWEEN, LOWEST, QualityRule

#: Column with the age of a row at the time of the validation, in hours; negative in the future.
AGE = "age_hours"
#: Tolerated clock skew.
AHEAD_HOURS = 1
#: Minimum share of rows that are not dated in the future.
MOSTLY = 0.999


def freshness_rules(stale_days: int | None) -> tuple[QualityRule, ...]:
    """Build the rules on `AGE`; `stale_days` limits the age of the newest row, None does not."""
    ahead = QualityRule(
        "freshness",
        BETWEEN,
        (AGE,),
        "warning",
        "rows dated in the future override later updates",
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
        f"no row is newer than {stale_days} days: the source may have stopped",
        arguments={"max_value": stale_days * 24},
    )
    return ahead, stale
