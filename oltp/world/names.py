"""Names by culture, and the e-mail addresses derived from them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world.columns import join, pick, text, where
from oltp.world.randomness import Indices, chance, weighted
from oltp.world.reference import column, rows, weights

SEXES = ("f", "m")
#: Cultures with surnames of both parents, and the share of people with two.
TWO_SURNAMES = {"pt": 0.5, "es": 0.7}


def first_names(rng: np.random.Generator, sex: Indices, plan: Indices) -> pa.Array:
    """Return a first name per person, by sex and culture; earlier names are more common."""
    result = pa.nulls(len(sex), pa.string())
    cultures = column("phone_plans", "culture")
    for culture in sorted(set(cultures)):
        of_culture = np.isin(plan, [i for i, name in enumerate(cultures) if name == culture])
        for code, letter in enumerate(SEXES):
            pool = column("first_names", "name", culture=culture, sex=letter)
            drawn = pick(pool, weighted(rng, _popularity(len(pool)), len(sex)))
            result = where(of_culture & (sex == code), drawn, result)
    return result


def last_names(rng: np.random.Generator, plan: Indices) -> pa.Array:
    """A surname, or two of them, per person by the culture of the country."""
    size = len(plan)
    result = pa.nulls(size, pa.string())
    cultures = column("phone_plans", "culture")
    for culture in sorted(set(cultures)):
        pool = column("last_names", "name", culture=culture)
        popularity = _popularity(len(pool))
        one = pick(pool, weighted(rng, popularity, size))
        other = pick(pool, weighted(rng, popularity, size))
        both = where(
            chance(rng, TWO_SURNAMES.get(culture, 0.01), size), join(one, other, separator=" "), one
        )
        of_culture = np.isin(plan, [i for i, name in enumerate(cultures) if name == culture])
        result = where(of_culture, both, result)
    return result


def nicknames(rng: np.random.Generator, first: pa.Array) -> pa.Array:
    """A nickname of each first name; null where there is none."""
    known: dict[str, list[str]] = {}
    for row in rows("nicknames"):
        known.setdefault(row["name"], []).append(row["nickname"])
    encoded = first.dictionary_encode()
    options = [known.get(name, []) for name in encoded.dictionary.to_pylist()]
    table = [option[i % len(option)] if option else None for option in options for i in range(6)]
    positions = encoded.indices.to_numpy().astype(np.int64) * 6 + rng.integers(0, 6, len(first))
    return pick(table, positions)


def mailbox(rng: np.random.Generator, first: pa.Array, last: pa.Array, number: Indices) -> pa.Array:
    """Return a personal address; `number` distinguishes people with the same name."""
    size = len(number)
    given, family, digits = ascii_letters(first), ascii_letters(last), text(number)
    style = rng.integers(0, 4, size)
    local = join(given, ".", family, digits)
    local = where(style == 1, join(pc.utf8_slice_codeunits(given, 0, 1), family, digits), local)
    local = where(style == 2, join(given, family, digits), local)
    local = where(style == 3, join(family, ".", given, digits), local)
    domain = pick(column("mail_domains", "domain"), weighted(rng, weights("mail_domains"), size))
    return join(local, domain, separator="@")


def without_accents(value: pa.Array) -> pa.Array:
    """Return letters without accents, if they have a plain form."""
    decomposed = pc.utf8_normalize(value, form="NFD")
    return pc.replace_substring_regex(decomposed, pattern=r"\p{Mn}", replacement="")


def ascii_letters(value: pa.Array) -> pa.Array:
    """Only the letters a to z, as in an address."""
    plain = pc.replace_substring(pc.utf8_lower(value), pattern="ß", replacement="ss")
    return pc.replace_substring_regex(without_accents(plain), pattern="[^a-z]", replacement="")


def _popularity(size: int) -> list[float]:
    return [1.0 / (rank + 8) for rank in range(size)]
