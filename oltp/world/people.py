"""The people behind the customer records: the truth that identity resolution has to find again.

People come in households. Members share surname and home; some are twins, and some sons have
their father's name: pairs that look like one person and are two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world import names, numbering
from oltp.world.columns import join, pick, repeat, text, where
from oltp.world.randomness import Indices, Mask, chance, weighted
from oltp.world.reference import column, weights

YEAR = 365
HOUSEHOLD_SIZES = (62.0, 18.0, 9.0, 8.0, 3.0)
TWINS = 0.08
NAMED_AFTER_FATHER = 0.10
TOOK_PARTNERS_NAME = 0.7


@dataclass(frozen=True)
class People:
    """A chunk of people; all columns have one row per person.

    `birth_day` counts days since 1970, `sex` is 0 for female and 1 for male.
    """

    person_id: Indices
    sex: Indices
    birth_day: Indices
    first: pa.Array
    nickname: pa.Array
    last: pa.Array
    maiden: pa.Array
    country: pa.Array
    plan: Indices
    postal_code: pa.Array
    email: pa.Array
    other_email: pa.Array
    family_email: pa.Array
    phone: Indices
    other_phone: Indices
    identifier: pa.Array
    identifier_type: pa.Array


@dataclass(frozen=True)
class _Household:
    """Position of each person's head of household, and the place in it (0 is the head)."""

    head: Indices
    place: Indices


def people(rng: np.random.Generator, first_id: int, size: int, today: int) -> People:
    """Generate `size` people with IDs from `first_id`, born no later than `today`."""
    person_id = np.arange(first_id, first_id + size)
    home = _households(rng, size)
    plan = weighted(rng, weights("phone_plans"), size)[home.head]
    sex = _sexes(rng, home)
    birth_day = _birth_days(rng, home, today)
    first = _first_names(rng, home, sex, plan)
    own_last = names.last_names(rng, plan)
    last = repeat(own_last, home.head)
    took_name = (home.place == 1) & (sex == 0) & chance(rng, TOOK_PARTNERS_NAME, size)
    maiden = where(took_name, own_last, None)
    number = numbering.spread(person_id, 5, numbering.MAILBOXES)
    other_number = numbering.spread(person_id, 5, numbering.OTHER_MAILBOXES)
    identifier, identifier_type = numbering.identifiers(person_id, plan)
    return People(
        person_id=person_id,
        sex=sex,
        birth_day=birth_day,
        first=first,
        nickname=names.nicknames(rng, first),
        last=last,
        maiden=maiden,
        country=pick(column("phone_plans", "country"), plan),
        plan=plan,
        postal_code=repeat(text(rng.integers(10_000, 99_999, size)), home.head),
        email=names.mailbox(rng, first, last, number),
        other_email=names.mailbox(rng, first, pc.coalesce(maiden, last), other_number),
        family_email=_family_emails(last, person_id[home.head]),
        phone=rng.integers(0, 2**62, size),
        other_phone=rng.integers(0, 2**62, size),
        identifier=identifier,
        identifier_type=identifier_type,
    )


def _households(rng: np.random.Generator, size: int) -> _Household:
    members = weighted(rng, HOUSEHOLD_SIZES, size) + 1
    starts = np.concatenate(([0], np.cumsum(members)))
    head = np.repeat(starts[:-1], members)[:size]
    return _Household(head=head, place=np.arange(size) - head)


def _sexes(rng: np.random.Generator, home: _Household) -> Indices:
    """Return the sex of each person; the second of a household mostly differs from the head."""
    sex = rng.integers(0, 2, len(home.head))
    partner = (home.place == 1) & chance(rng, 0.95, len(sex))
    return np.where(partner, 1 - sex[home.head], sex)


def _birth_days(rng: np.random.Generator, home: _Household, today: int) -> Indices:
    size = len(home.head)
    grown_up = today - (YEAR * (18 + 65 * rng.beta(1.6, 2.2, size))).astype(np.int64)
    has_children = np.bincount(home.head, minlength=size)[home.head] > 2
    too_young = has_children & (grown_up > today - 42 * YEAR)
    head_day = np.where(too_young, grown_up - 24 * YEAR, grown_up)[home.head]
    partner_day = head_day + rng.integers(-6 * YEAR, 6 * YEAR, size)
    child_day = head_day + rng.integers(20 * YEAR, 24 * YEAR, size)
    day: Indices = np.select([home.place == 0, home.place == 1], [head_day, partner_day], child_day)
    twin = (home.place == 3) & chance(rng, TWINS, size)
    elder = np.maximum(np.arange(size) - 1, 0)
    day = np.where(twin, day[elder], day)
    return np.where(day > today - 16 * YEAR, day - 8 * YEAR, day)


def _first_names(
    rng: np.random.Generator, home: _Household, sex: Indices, plan: Indices
) -> pa.Array:
    first = names.first_names(rng, sex, plan)
    son = (home.place == 2) & (sex == 1) & (sex[home.head] == 1)
    named_after: Mask = son & chance(rng, NAMED_AFTER_FATHER, len(sex))
    return where(named_after, repeat(first, home.head), first)


def _family_emails(last: pa.Array, head_id: Indices) -> pa.Array:
    """One mailbox for the whole household."""
    return join("family.", names.ascii_letters(last), text(head_id), "@example.org")
