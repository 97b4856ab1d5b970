"""Blocks of records with enough matches to estimate from.

A block gives estimates for the fields that do not define it; together they cover all fields.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from core import sql

#: A block with fewer pairs is not used.
LEAST_PAIRS = 100
#: Fields that a block must leave free: one alone does not separate matches from non-matches.
LEAST_FIELDS = 2


@dataclass(frozen=True)
class Block:
    """Records that agree on some columns of `int_identity__match_records`.

    Attributes:
        columns: Columns on which the records agree.
        usable: Condition on a record, which is `{row}` in it.
    """

    columns: tuple[str, ...]
    usable: str = "true"

    @property
    def rule(self) -> str:
        """Return Splink's blocking rule."""
        equal = " and ".join(f"l.{column} = r.{column}" for column in self.columns)
        return f"{equal} and {self.usable.format(row='l')} and {self.usable.format(row='r')}"

    def pairs(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Return the number of pairs of the table `records` in the block."""
        columns = ", ".join(self.columns)
        known = " and ".join(f"{column} is not null" for column in self.columns)
        usable = f"{known} and {self.usable.format(row='records')}"
        query = sql.load(__package__, "pairs_in_block", usable=usable, columns=columns)
        return sql.number(connection, query)


#: Blocks for the estimates of m: several leave each field free, and at least one does if there are
#: only a name, a birth date and a postal code.
LEARNED_FROM = (
    Block(("email_key",), "{row}.email_class <> 'junk'"),
    Block(("phone_key",), "{row}.phone_class <> 'junk'"),
    Block(("identifier_key",), "{row}.identifier_class <> 'junk'"),
    Block(("birth_text", "postal_code"), "{row}.birth_postal_block is not null"),
    Block(("first_name", "birth_text"), "{row}.first_birth_block is not null"),
    Block(("first_name", "surname", "postal_code"), "{row}.surname_postal_block is not null"),
    Block(("first_name", "surname")),
)
#: Mostly families: pairs with one surname and postal code that are not one person.
HOUSEHOLD = Block(("surname", "postal_code"))
NAMESAKES = Block(("surname",), "{row}.postal_code is not null")
