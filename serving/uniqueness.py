"""How many of the unified customers stand alone: what somebody who knows them could tell them by.

The internal file names nobody, and may still single out the one woman of her age and country who
spends that much. Nothing is withheld for it: the file is the company's own. But whoever hands on a
cut of it should know, and see it when it grows.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core import sql
from core.duckdb_session import connect

#: A group of fewer is small, as in the benchmark.
SMALL = 20
#: Gender, age and country as they are; the average ticket by doubling amounts.
_GROUPS = """
SELECT count(*) AS persons FROM {table}
GROUP BY gender, age_band, country, floor(log2(greatest(avg_ticket, 1)))
"""
_MEASURE = f"""
SELECT coalesce(sum(persons), 0), count(*), coalesce(min(persons), 0),
    coalesce(sum(persons) FILTER (persons = 1), 0),
    coalesce(sum(persons) FILTER (persons < {SMALL}), 0)
FROM ({_GROUPS})
"""


@dataclass(frozen=True)
class Uniqueness:
    """Persons by gender, age band, country and band of the average ticket.

    Attributes:
        persons: All of them.
        groups: Combinations that occur.
        smallest: Persons in the smallest group: the k of k-anonymity; 0 without persons.
        alone: Persons who share theirs with nobody.
        in_small_groups: Persons who share theirs with fewer than 19 others.
    """

    persons: int
    groups: int
    smallest: int
    alone: int
    in_small_groups: int

    @property
    def share_alone(self) -> float:
        """Share of the persons who stand alone; 0 without persons."""
        return self.alone / self.persons if self.persons else 0.0


def measure(file: Path) -> Uniqueness:
    """Counts the customers of an internal file."""
    with closing(connect()) as connection:
        connection.execute(f"ATTACH {sql.text(str(file))} AS rel (READ_ONLY)")
        row = connection.execute(_MEASURE.format(table="rel.marts.customer")).fetchall()[0]
    return Uniqueness(*map(int, row))
