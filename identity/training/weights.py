"""Convert probabilities to match weights: Fellegi-Sunter's log2(m / u) in millibits, bounded.

m is the share of matching pairs at a level of agreement, u the share of non-matching pairs. Fields
are treated as independent, and the data as if it contained every kind of error. Rules correct the
known exceptions:

* No level has an m below `LEAST_M`, because a sample without typing errors does not prove that
  there
  are none, and one wrong key must not outweigh everything that agrees. So no field counts much more
  than 10 bits against a pair.
* Agreement counts at most `HIGHEST` bits, partial agreement at most `NEAR_MISS`, because what
  random
  pairs hardly ever show is estimated from very few of them.
* `shared` contacts belong to families and offices, whose members agree in other fields, too.
* `household` is a postal code together with the same surname, which is already weighted: its u and
  m
  are those among pairs with the same surname (`fit.py` measures them).
* `swapped` names are one observation in two fields: the weight of both names agreeing by chance is
  split between the fields.
* `reversed` names agree by chance as rarely as names in order. The share of records written this
  way
  cancels out, because it is the same among non-matching pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

#: Millibits in a bit.
MILLI = 1000
#: Least m of any level.
LEAST_M = 0.001
#: Maximum bits that a level counts for a pair.
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
    """Probabilities of a level.

    Attributes:
        m: Share of matching pairs at the level; None if none was seen.
        u: Share of non-matching pairs at the level; None if none was seen.
    """

    m: float | None
    u: float | None


Estimates = Mapping[str, Mapping[str, Odds]]
Weights = dict[str, dict[str, int]]


def weigh(estimates: Estimates) -> Weights:
    """Return weights per field and level, in millibits.

    Args:
        estimates: Probabilities per field and level, in the order of the levels.
    """
    return {
        field: {level: _millibits(_bits(estimates, field, level)) for level in levels}
        for field, levels in estimates.items()
    }


def term_bits(m: float, frequency: float) -> float:
    """Return the bits of exact agreement on a name of this frequency, at most `RAREST_NAME`."""
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
