"""People with one to three customer records each, and every kind of error, as in Febrl's data."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

Record = dict[str, Any]

FIRST_NAMES = ("maria", "thomas", "elizabeth", "johanna", "mario", "william", "katherine", "abel")
SURNAMES = ("silva", "oliveira", "costa", "pereira", "almeida", "carvalho", "thomas", "william")
NICKNAMES = {"thomas": "tom", "elizabeth": "liz", "william": "bill", "katherine": "kate"}
RARE = 400
TEXTS = (
    "record_id", "email_key", "phone_key", "identifier_key", "identifier_type", "first_name",
    "middle_name", "surname", "birth_text", "postal_code", "gender", "name_variants",
    "email_class", "phone_class", "identifier_class",
    "birth_postal_block", "first_birth_block", "surname_postal_block",
)  # fmt: skip


def records(people: int, seed: int = 1, siblings: float = 0.0) -> list[Record]:
    """Rows of `int_identity__match_records`, as far as training reads them, and their `person`.

    Args:
        people: How many.
        seed: Of the draw.
        siblings: Share of them that have the surname and postal code of the one before.
    """
    rng = random.Random(seed)
    found: list[Record] = []
    for number in range(people):
        person = _person(rng) | {"person": number}
        if found and rng.random() < siblings:
            person |= {key: found[-1][key] for key in ("surname", "postal_code")}
        for copy in range(rng.choice((1, 1, 2, 2, 3))):
            record = dict(person)
            for _ in range(rng.choice((0, 0, 1, 2)) if copy else 0):
                rng.choice(ERRORS)(rng, record)
            found.append(record | {"affiliate_customer_id": len(found) + 1})
    for record in found:
        record["affiliate_id"] = record["affiliate_customer_id"] % 3 + 1
        record["record_id"] = f"{record['affiliate_id']}:{record['affiliate_customer_id']}"
        _complete(record)
    return found


def table(found: list[Record]) -> pa.Table:
    """The rows as a table."""
    fields = [(name, pa.string()) for name in TEXTS]
    return pa.Table.from_pylist(found, pa.schema([*fields, ("birth_date", pa.date32())]))


def _person(rng: random.Random) -> Record:
    first = rng.choice((*FIRST_NAMES, _word(rng, 7)))
    surname = rng.choice((*SURNAMES, _word(rng, 8)))
    return {
        "first_name": first,
        "middle_name": rng.choice((None, rng.choice(FIRST_NAMES))),
        "surname": surname,
        "birth_date": date(1950, 1, 1) + timedelta(days=rng.randrange(18_000)),
        "email_key": f"{_word(rng, 9)}@post.example",
        "phone_key": _digits(rng, 9),
        "identifier_key": _digits(rng, 10),
        "identifier_type": "tax",
        "postal_code": f"{rng.randrange(60):02d}{_digits(rng, 1)}00",
        "gender": rng.choice(("female", "male")),
        # who shares an address shares it with a family or, at worst, with everybody
        **rng.choice(({}, {}, {}, {}, {"email_key": f"family{rng.randrange(20)}@post.example"})),
        **rng.choice(({}, {}, {}, {}, {"phone_key": f"5550000{rng.randrange(20):02d}"})),
        **rng.choice(({}, {}, {}, {}, {"identifier_key": f"99999000{rng.randrange(20):02d}"})),
    }


def _typo(field: str, times: int) -> Callable[[random.Random, Record], None]:
    def make(rng: random.Random, record: Record) -> None:
        for _ in range(times):
            if (text := record[field]) is not None:
                place = rng.randrange(len(text))
                letters = string.digits if text[place].isdigit() else string.ascii_lowercase
                record[field] = text[:place] + rng.choice(letters) + text[place + 1 :]

    return make


def _lose(field: str) -> Callable[[random.Random, Record], None]:
    return lambda _, record: record.update({field: None})


def _swap_names(_: random.Random, record: Record) -> None:
    record["first_name"], record["surname"] = record["surname"], record["first_name"]


def _shorten(_: random.Random, record: Record) -> None:
    record["first_name"] = (record["first_name"] or "")[:1] or None


def _nickname(_: random.Random, record: Record) -> None:
    record["first_name"] = NICKNAMES.get(record["first_name"], record["first_name"])


def _use_middle_name(_: random.Random, record: Record) -> None:
    record["first_name"] = record["middle_name"] or record["first_name"]


def _move_birth(rng: random.Random, record: Record) -> None:
    born = record["birth_date"]
    if born is None:
        return
    choices = [born.replace(year=born.year + 3) if (born.month, born.day) != (2, 29) else born]
    choices += [born + timedelta(days=1), born + timedelta(days=3000)]
    if born.day <= 12:
        choices.append(born.replace(month=born.day, day=born.month))
    record["birth_date"] = rng.choice(choices)


def _other_provider(_: random.Random, record: Record) -> None:
    record["email_key"] = (record["email_key"] or "").replace("@post.", "@mail.") or None


def _anew(rng: random.Random, record: Record) -> None:
    field = rng.choice(("surname", "email_key", "phone_key", "identifier_key", "postal_code"))
    record[field] = _person(rng)[field]


ERRORS: tuple[Callable[[random.Random, Record], None], ...] = (
    *(_typo(field, 1) for field in ("first_name", "surname", "identifier_key")),
    *(_typo(field, 2) for field in ("first_name", "surname", "identifier_key")),
    _typo("phone_key", 1), _typo("postal_code", 1),
    *map(_lose, ("first_name", "surname", "birth_date", "email_key", "postal_code", "gender")),
    _swap_names, _shorten, _nickname, _use_middle_name, _move_birth, _other_provider, _anew,
)  # fmt: skip


def _complete(record: Record) -> None:
    """What the warehouse derives."""
    first, surname, code = record["first_name"], record["surname"], record["postal_code"]
    born = record["birth_date"]
    variants = {**NICKNAMES, **{short: name for name, short in NICKNAMES.items()}}
    record["name_variants"] = f" {variants[first]} " if first in variants else None
    record["birth_text"] = birth = f"{born:%Y%m%d}" if born else None
    record["birth_postal_block"] = birth and code and f"{birth} {code}"
    record["first_birth_block"] = first and birth and f"{first} {birth}"
    record["surname_postal_block"] = first and surname and code and f"{surname} {first[0]} {code}"
    for kind, shared in (("email", "family"), ("phone", "5550000"), ("identifier", "99999000")):
        key = record[f"{kind}_key"] or ""
        junk = key.startswith((f"{shared}19", f"{shared}18"))
        record[f"{kind}_class"] = (
            "junk" if junk else "shared" if key.startswith(shared) else "personal"
        )


def _word(rng: random.Random, length: int) -> str:
    """One of so many that some come again."""
    source = random.Random(rng.randrange(RARE))
    return "".join(source.choice(string.ascii_lowercase) for _ in range(length))


def _digits(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(length))
