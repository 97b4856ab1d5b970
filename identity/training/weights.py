"""From probabilities to weights: Fellegi-Sunter's log2(m / u) in millibits, within bounds.

m is how often the records of one person compare at a level, u how often those of two people do.
Fields are weighed as if they were independent and data as if it held every error there is. Where
that is known to be wrong, a rule stands in:

* No level has an m below `LEAST_M`: data without a typing error in a thousand pairs says nothing of
  the next thousand, and one wrong key must not outweigh all that agrees. So no field says much more
  than 10 bits against a pair.
* Agreement says `HIGHEST` bits at most and anything less than agreement `NEAR_MISS`: what random
  pairs hardly ever show is told from a handful of them, or from none.
* `shared` contacts are those of families and offices, whose members agree in more than that.
* `household` is a postal code beside the same surname, which has its own weight already: its u and
  m are those among pairs with the same surname (`fit.py` measures them).
* `swapped` names are one observation seen in two fields: it counts as much as both names agreeing
  by chance tells, half of it in each field.
* `reversed` names agree by chance as rarely as names in their order do. How many records are
  written so cancels out, since it is as many among pairs of two people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

#: Millibits in a bit.
MILLI = 1000
#: Least m of any level.
LEAST_M = 0.001
#: Most bits that a level says for a pair.
HIGHEST, NEAR_MISS, SHARED = 18.0, 7.0, 6.0
CEILINGS: Mapping[str, float] = {
    "exact": HIGHEST,
    "household": HIGHEST,
    "shared": SHARED,
    "different": 0.0,
}
#: An exact name weighs by how common it is, up to this many bits.
RAREST_NAME = 11.0
NAMES = ("first_name", "surname")
TRANSPOSED = ("reversed", "swapped")


@dataclass(frozen=True)
class Odds:
    """How often pairs compare at a level.

    Attributes:
        m: Share of the pairs that are one person; None if it was not seen among them.
        u: Share of the pairs that are two people; None if it was not seen among them.
    """

    m: float | None
    u: float | None


Estimates = Mapping[str, Mapping[str, Odds]]
Weights = dict[str, dict[str, int]]


def weigh(estimates: Estimates) -> Weights:
    """Weights per field and level, in millibits.

    Args:
        estimates: Per field and level, in the order of the levels.
    """
    return {
        field: {level: _millibits(_bits(estimates, field, level)) for level in levels}
        for field, levels in estimates.items()
    }


def term_bits(m: float, frequency: float) -> float:
    """Bits that an exact agreement on a name of this frequency says, `RAREST_NAME` at most."""
    return min(RAREST_NAME, log2(max(m, LEAST_M) / frequency))


def _bits(estimates: Estimates, field: str, level: str) -> float:
    if level == "exact" and field in NAMES:
        return RAREST_NAME
    odds = estimates[field][level]
    m, u = max(odds.m or 0.0, LEAST_M), odds.u or 0.0
    if level in TRANSPOSED and field in NAMES:
        by_chance = [estimates[name]["exact"].u or 0.0 for name in NAMES]
        share_of_one = 1.0 if level == "reversed" else m
        return _bounded(level, share_of_one, by_chance[0] * by_chance[1], share=1 / len(NAMES))
    return _bounded(level, m, u)


def _bounded(level: str, m: float, u: float, share: float = 1.0) -> float:
    ceiling = CEILINGS.get(level, NEAR_MISS)
    return min(ceiling, share * log2(m / u)) if u else ceiling


def _millibits(bits: float) -> int:
    return round(MILLI * bits)
