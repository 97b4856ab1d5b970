"""Blocks of records that are one person often enough to learn from.

A block teaches about the fields that it is not made of; together they teach about all.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

#: Pairs below which a block teaches nothing.
LEAST_PAIRS = 100
#: Fields that a block must leave free: of one alone, nobody can tell matches from the others.
LEAST_FIELDS = 2


@dataclass(frozen=True)
class Block:
    """Records that agree on some columns of `int_identity__match_records`.

    Attributes:
        columns: What they agree on.
        usable: Condition on a record; `{row}` stands for it.
    """

    columns: tuple[str, ...]
    usable: str = "true"

    @property
    def rule(self) -> str:
        """Splink's blocking rule."""
        equal = " and ".join(f"l.{column} = r.{column}" for column in self.columns)
        return f"{equal} and {self.usable.format(row='l')} and {self.usable.format(row='r')}"

    def pairs(self, connection: duckdb.DuckDBPyConnection) -> int:
        """How many pairs of the table `records` are in it."""
        columns = ", ".join(self.columns)
        known = " and ".join(f"{column} is not null" for column in self.columns)
        row = connection.execute(
            "select coalesce(sum(held * (held - 1) // 2), 0)::bigint from ("
            "select count(*) as held from records "
            f"where {known} and {self.usable.format(row='records')} group by {columns})"
        ).fetchone()
        return int(row[0]) if row else 0


#: What m is learned from: each field is left free by several, and by one if there is nothing but a
#: name, a birth date and a postal code.
LEARNED_FROM = (
    Block(("email_key",), "{row}.email_class <> 'junk'"),
    Block(("phone_key",), "{row}.phone_class <> 'junk'"),
    Block(("identifier_key",), "{row}.identifier_class <> 'junk'"),
    Block(("birth_text", "postal_code"), "{row}.birth_postal_block is not null"),
    Block(("first_name", "birth_text"), "{row}.first_birth_block is not null"),
    Block(("first_name", "surname", "postal_code"), "{row}.surname_postal_block is not null"),
    Block(("first_name", "surname")),
)
#: Families, mostly: how often two of a surname live at one postal code without being one person.
HOUSEHOLD = Block(("surname", "postal_code"))
NAMESAKES = Block(("surname",), "{row}.postal_code is not null")
