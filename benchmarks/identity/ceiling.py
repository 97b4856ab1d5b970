"""The most that anybody can find of a labelled data set who keeps apart what looks like two people.

Febrl puts another name, date or number in the place of the true one, so some records of one person
look like twins, or like father and son. Whoever keeps those apart loses these pairs, however good
the method. They are counted from the columns as they were typed, by Splink's measure of what is
alike, and not by the platform's own rules.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from benchmarks.identity.datasets import Dataset
from benchmarks.identity.metrics import harmonic

#: Another given name is one that Splink's comparison of names finds in nothing alike (Jaro-Winkler
#: below 0.7) and that was not exchanged for the surname; numbers and dates are others from three
#: edits on. One number of both, give or take a slip, makes any pair one person.
PAIRS = """
with records as (
    select
        truth.person_id,
        typed.affiliate_id * 1000000000 + typed.affiliate_customer_id as record,
        typed.given_name,
        typed.family_name,
        typed.birth_date,
        strftime(typed.birth_date, '%Y%m%d') as birth_text,
        typed.identifier
    from read_parquet($records) as typed
    inner join read_parquet($truth) as truth using (affiliate_id, affiliate_customer_id)
),

pairs as (
    select
        a.given_name = b.given_name and a.family_name = b.family_name as has_one_name,
        coalesce(
            jaro_winkler_similarity(a.given_name, b.given_name) < 0.7
            and a.given_name is distinct from b.family_name
            and b.given_name is distinct from a.family_name,
            false
        ) as has_other_given_name,
        a.family_name = b.family_name and a.birth_date = b.birth_date as has_surname_and_birth,
        abs(year(a.birth_date) - year(b.birth_date)) >= 14
        and right(a.birth_text, 4) <> right(b.birth_text, 4) as is_generation_apart,
        coalesce(damerau_levenshtein(a.birth_text, b.birth_text) > 2, true) as has_other_birth,
        a.given_name is null or b.given_name is null as is_nameless,
        damerau_levenshtein(a.identifier, b.identifier) > 2 as has_other_number
    from records as a
    inner join records as b on a.person_id = b.person_id and a.record < b.record
),

judged as (
    select
        case
            when not coalesce(has_other_number, true) then 'reachable'
            when has_surname_and_birth and has_other_given_name then 'twins'
            when has_one_name and is_generation_apart then 'father and son'
            when has_other_number and (has_other_given_name or is_nameless or has_other_birth)
                then 'two numbers'
            else 'reachable'
        end as looks_like
    from pairs
)

select
    count(*),
    count(*) filter (where looks_like = 'twins'),
    count(*) filter (where looks_like = 'father and son'),
    count(*) filter (where looks_like = 'two numbers')
from judged
"""


@dataclass(frozen=True)
class Ceiling:
    """Pairs of records that are one person, and those of them that look like two.

    Attributes:
        true_pairs: All of them.
        twins: Same surname and birth date, clearly another given name.
        father_and_son: Same name, a generation apart.
        two_numbers: Other pairs with two numbers, and no given name or no birth date in common.
    """

    true_pairs: int
    twins: int
    father_and_son: int
    two_numbers: int

    @property
    def f1(self) -> float:
        """Highest F1 that merges no pair like twins, or like father and son."""
        return self._without(self.twins + self.father_and_son)

    @property
    def f1_by_numbers(self) -> float:
        """Highest F1 that merges nobody by name or birth date alone against two numbers, either."""
        return self._without(self.twins + self.father_and_son + self.two_numbers)

    def _without(self, pairs: int) -> float:
        return harmonic(1.0, 1.0 - pairs / self.true_pairs)


def ceiling(dataset: Dataset) -> Ceiling:
    """Counts the pairs of a data set that has `given_name` and `family_name` besides."""
    values = {"records": str(dataset.records), "truth": str(dataset.truth)}
    with duckdb.connect() as connection:
        row = connection.execute(PAIRS, values).fetchone()
    assert row is not None
    return Ceiling(*row)
