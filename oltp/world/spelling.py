"""Spelling variants and typos of names."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world.columns import join, rewrite, where
from oltp.world.names import without_accents
from oltp.world.randomness import chance

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NICKNAME, INITIAL, MIDDLE = 0.10, 0.03, 0.10
MAIDEN = 0.45
LAST_FIRST, UPPER, LOWER, NO_ACCENTS, TYPO, SPACES = 0.05, 0.05, 0.05, 0.30, 0.04, 0.02
MISSING = 0.015


def full_names(
    rng: np.random.Generator,
    first: pa.Array,
    nickname: pa.Array,
    last: pa.Array,
    maiden: pa.Array,
) -> pa.Array:
    """One spelling per row; null where the name is missing."""
    size = len(first)
    given = where(chance(rng, NICKNAME, size), pc.coalesce(nickname, first), first)
    given = rewrite(chance(rng, INITIAL, size), given, _initial)
    middle = pa.array(list(LETTERS.upper())).take(pa.array(rng.integers(0, 26, size)))
    given = where(chance(rng, MIDDLE, size), join(given, " ", middle, "."), given)
    family = where(chance(rng, MAIDEN, size), pc.coalesce(maiden, last), last)
    name = join(given, family, separator=" ")
    name = where(chance(rng, LAST_FIRST, size), join(family, given, separator=", "), name)
    name = rewrite(chance(rng, NO_ACCENTS, size), name, without_accents)
    name = rewrite(chance(rng, TYPO, size), name, lambda part: mistyped(rng, part))
    name = rewrite(chance(rng, UPPER, size), name, pc.utf8_upper)
    name = rewrite(chance(rng, LOWER, size), name, pc.utf8_lower)
    name = rewrite(chance(rng, SPACES, size), name, _spaced)
    return where(chance(rng, MISSING, size), None, name)


def mistyped(rng: np.random.Generator, column: pa.Array) -> pa.Array:
    """Apply one typo per row: a letter omitted, doubled, replaced or transposed."""
    slips = rng.integers(0, 4, len(column))
    places = rng.random(len(column))
    letters = rng.integers(0, 26, len(column))
    rows = zip(column.to_pylist(), slips, places, letters, strict=True)
    return pa.array([_slip(value, *row) for value, *row in rows], pa.string())


def _slip(value: str, slip: int, place: float, letter: int) -> str:
    at = 1 + int(place * max(len(value) - 2, 1))
    before, here, after = value[:at], value[at : at + 1], value[at + 1 :]
    if slip == 0:
        return before + after
    if slip == 1:
        return before + here * 2 + after
    if slip == 2:
        return before + LETTERS[letter] + after
    return before[:-1] + here + before[-1:] + after


def _initial(column: pa.Array) -> pa.Array:
    return join(pc.utf8_slice_codeunits(column, 0, 1), ".")


def _spaced(column: pa.Array) -> pa.Array:
    return join(pc.replace_substring(column, pattern=" ", replacement="  "), " ")
