"""Identification numbers in each country's format, from ranges that are never issued."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from oltp.world.columns import join, pick, text, where
from oltp.world.randomness import Indices
from oltp.world.reference import column

#: Coprime to ten: multiplying by one of them permutes the numbers of any count of digits.
MAILBOXES, OTHER_MAILBOXES, IDENTIFIERS = 7_654_321, 5_432_789, 9_176_543


def spread(numbers: Indices, digits: int, multiplier: int) -> Indices:
    """Different numbers below 10**digits for different numbers below 10**digits, without order."""
    return np.asarray(numbers * multiplier % 10**digits, dtype=np.int64)


def identifiers(person_id: Indices, plan: Indices) -> tuple[pa.Array, pa.Array]:
    """Tax identifier and its type per person, by the country of the phone plan."""
    countries = column("phone_plans", "country")
    patterns = dict(
        zip(
            column("identifier_types", "country"),
            column("identifier_types", "pattern"),
            strict=True,
        )
    )
    number = pa.nulls(len(person_id), pa.string())
    for position, country in enumerate(countries):
        number = where(plan == position, fill(patterns[country], person_id), number)
    types = dict(
        zip(
            column("identifier_types", "country"),
            column("identifier_types", "identifier_type"),
            strict=True,
        )
    )
    return number, pick([types[country] for country in countries], plan)


def fill(pattern: str, numbers: Indices) -> pa.Array:
    """Fill the digits of each number into the positions marked `#`."""
    digits = pattern.count("#")
    values = spread(numbers, digits, IDENTIFIERS)
    parts: list[pa.Array | str] = []
    for place in pattern:
        if place == "#":
            digits -= 1
            parts.append(text(values // np.int64(10**digits) % 10))
        else:
            parts.append(place)
    return join(*parts)
