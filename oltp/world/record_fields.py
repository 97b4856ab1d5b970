"""Fields of a customer record: columns of `affiliate_customer`, with missing values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world import contacts, spelling
from oltp.world.columns import dates, pick, repeat, rewrite, timestamps, where
from oltp.world.names import SEXES
from oltp.world.people import People
from oltp.world.randomness import Indices, chance, weighted
from oltp.world.reference import column, rows, weights
from oltp.world.window import Window

GENDER_MISSING, BIRTH_MISSING, BIRTH_PLACEHOLDER = 0.18, 0.30, 0.02
HAS_IDENTIFIER, PLAIN_IDENTIFIER = 0.22, 0.5
COUNTRY_MISSING, POSTAL_MISSING = 0.08, 0.15
CHANGED_SINCE, DAYS_TO_CHANGE = 0.3, 60.0
#: Share of records that keep the old address after a move.
MOVED = 0.05


def written(
    rng: np.random.Generator,
    window: Window,
    everyone: People,
    who: Indices,
    affiliate: Indices,
    created: Indices,
) -> pa.Table:
    """One row per record: all columns but id and totals, and the audit columns.

    Args:
        rng: Decides how each field is written.
        window: Nothing changed after its end.
        everyone: The people.
        who: Each record's row in `everyone`.
        affiliate: `affiliate_id` of each record.
        created: Microseconds since 1970.
    """
    size = len(who)
    identifier, identifier_type = _identifiers(rng, everyone, who)
    country = where(chance(rng, COUNTRY_MISSING, size), None, repeat(everyone.country, who))
    changed = chance(rng, CHANGED_SINCE, size)
    updated = np.where(changed, window.soon(rng, created, DAYS_TO_CHANGE), created)
    full_name = spelling.full_names(rng, *(repeat(part, who) for part in _name_parts(everyone)))
    return pa.table(
        {
            "affiliate_id": affiliate,
            "full_name": full_name,
            "email": contacts.emails(rng, everyone, who, affiliate),
            "phone": contacts.phones(rng, everyone, who),
            "gender": _genders(rng, everyone.sex[who]),
            "birth_date": _birth_dates(rng, everyone.birth_day[who]),
            "identifier": identifier,
            "identifier_type": identifier_type,
            "postal_code": _postal_codes(rng, everyone, who),
            "country": country,
            "created_at": timestamps(created),
            "updated_at": timestamps(updated),
        }
    )


def _name_parts(everyone: People) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array]:
    return everyone.first, everyone.nickname, everyone.last, everyone.maiden


def _genders(rng: np.random.Generator, sex: Indices) -> pa.Array:
    size = len(sex)
    spellings = column("gender_spellings", "spelling")
    female, male = (
        [float(row["weight"]) if row["sex"] == letter else 0.0 for row in rows("gender_spellings")]
        for letter in SEXES
    )
    drawn = np.where(sex == 0, weighted(rng, female, size), weighted(rng, male, size))
    return where(chance(rng, GENDER_MISSING, size), None, pick(spellings, drawn))


def _birth_dates(rng: np.random.Generator, birth_day: Indices) -> pa.Array:
    size = len(birth_day)
    placeholders = np.array(
        column("placeholder_birth_dates", "birth_date"), dtype="datetime64[D]"
    ).astype(np.int64)
    drawn = placeholders[weighted(rng, weights("placeholder_birth_dates"), size)]
    day = np.where(chance(rng, BIRTH_PLACEHOLDER, size), drawn, birth_day)
    return dates(day, chance(rng, BIRTH_MISSING, size))


def _identifiers(
    rng: np.random.Generator, everyone: People, who: Indices
) -> tuple[pa.Array, pa.Array]:
    """Return identifiers of some records, with or without the country's punctuation."""
    size = len(who)
    absent = ~chance(rng, HAS_IDENTIFIER, size)
    number = rewrite(
        chance(rng, PLAIN_IDENTIFIER, size),
        repeat(everyone.identifier, who),
        lambda part: pc.replace_substring_regex(part, pattern="[ .-]", replacement=""),
    )
    kind = repeat(everyone.identifier_type, who)
    return where(absent, None, number), where(absent, None, kind)


def _postal_codes(rng: np.random.Generator, everyone: People, who: Indices) -> pa.Array:
    size = len(who)
    elsewhere = repeat(everyone.postal_code, (who + 7) % len(everyone.postal_code))
    code = where(chance(rng, MOVED, size), elsewhere, repeat(everyone.postal_code, who))
    return where(chance(rng, POSTAL_MISSING, size), None, code)
