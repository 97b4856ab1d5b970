"""A sample world in which every customer's name, e-mail, phone and identifier is a token.

Names and identifiers are a person's, so that identity still finds whose records belong together;
e-mails and phones are a record's. A token says nothing of whose it is; `Canaries` knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pyarrow as pa
import pytest

from oltp.world import customers, record_fields
from oltp.world.people import People, people

#: How tokens begin: with the same letters, no word has them, and no number.
MARK, PHONE_MARK = "zqxj", "73915"
_LETTERS = "bcdfghklmnprstvw"
FIRST, LAST, EMAIL, OTHER_EMAIL, IDENTIFIER = "a", "b", "e", "o", "i"


def token(kind: str, number: int) -> str:
    """The token of one value."""
    digits = (number >> shift & 15 for shift in (16, 12, 8, 4, 0))
    return MARK + kind + "".join(_LETTERS[digit] for digit in digits)


def phone(number: int) -> str:
    """The token of a phone number: digits that follow each other in every way to write it."""
    return f"{PHONE_MARK}{number:07}"


@dataclass
class Canaries:
    """Which tokens there are, and of whom.

    Attributes:
        affiliates: Token → ids of the affiliates that it was told.
        of_person: Person → the tokens of all their records.
    """

    affiliates: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    of_person: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _numbers: Iterable[int] = field(default_factory=lambda: iter(count()))

    def of_same_person(self, known: str) -> set[str]:
        """All tokens of the person that a token is of."""
        (found,) = (tokens for tokens in self.of_person.values() if known in tokens)
        return found

    def sing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Makes worlds that are created in this process have tokens."""
        written = record_fields.written
        monkeypatch.setattr(customers, "people", lambda *given: _named(people(*given)))
        monkeypatch.setattr(
            record_fields, "written", lambda *given: self._told(written(*given), *given)
        )

    def _told(
        self, table: pa.Table, _: Any, __: Any, everyone: People, who: Any, affiliate: Any, ___: Any
    ) -> pa.Table:
        """The records, with tokens where they say who somebody is; none says nothing."""
        columns: dict[str, list[str]] = defaultdict(list)
        for person, at in zip(everyone.person_id[who].tolist(), affiliate.tolist(), strict=True):
            number = next(iter(self._numbers))
            own = [token(EMAIL, number), phone(number)]
            theirs = [token(kind, person) for kind in (FIRST, LAST, IDENTIFIER, OTHER_EMAIL)]
            columns["full_name"].append(f"{theirs[0].title()} {theirs[1].title()}")
            columns["email"].append(f"{own[0]}@canary.example")
            columns["phone"].append(f"+49{own[1]}")
            columns["identifier"].append(f"{theirs[2].upper()}7")
            for one in (*own, *theirs):
                self.affiliates[one].add(at)
                self.of_person[person].add(one)
        for name, values in columns.items():
            place = table.column_names.index(name)
            table = table.set_column(place, name, pa.array(values, pa.string()))
        return table


def _named(everyone: People) -> People:
    """People whose names are tokens, for what is told of them later on."""
    numbers = everyone.person_id.tolist()
    nobody = pa.nulls(len(numbers), pa.string())
    return replace(
        everyone,
        first=pa.array([token(FIRST, number).title() for number in numbers]),
        last=pa.array([token(LAST, number).title() for number in numbers]),
        nickname=nobody,
        maiden=nobody,
        other_email=pa.array([f"{token(OTHER_EMAIL, n)}@canary.example" for n in numbers]),
    )
