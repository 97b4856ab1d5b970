"""Counts customers who are unique by gender, age band, country and spending (k-anonymity).

The internal file contains no names, but an unusual combination of attributes may still identify a
person. No row is suppressed for it, because the file stays inside the company. Anyone who shares an
extract of it should know the risk and notice when it grows.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core import sql
from core.duckdb_session import connect

#: A group with fewer people is small, as in the benchmark.
SMALL = 20


@dataclass(frozen=True)
class Uniqueness:
    """People by gender, age band, country and band of the average ticket.

    Attributes:
        persons: Number of people.
        groups: Number of combinations that occur.
        smallest: People in the smallest group: the k of k-anonymity; 0 without people.
        alone: People who are the only one in their group.
        in_small_groups: People in a group of fewer than 20.
    """

    persons: int
    groups: int
    smallest: int
    alone: int
    in_small_groups: int

    @property
    def share_alone(self) -> float:
        """Share of people who are the only one in their group; 0 without people."""
        return self.alone / self.persons if self.persons else 0.0


def measure_uniqueness(file: Path) -> Uniqueness:
    """Counts the customers of an internal file."""
    with closing(connect()) as connection:
        connection.execute(f"ATTACH {sql.text(str(file))} AS rel (READ_ONLY)")
        query = sql.load(__package__, "uniqueness", customers="rel.marts.customer")
        row = connection.execute(query, {"small": SMALL}).fetchall()[0]
    return Uniqueness(*map(int, row))
