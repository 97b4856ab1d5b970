"""What records teach of families, and that too few of them teach nothing."""

from __future__ import annotations

from itertools import combinations

import pytest

from core.duckdb_session import connect
from core.errors import AffiliateError
from identity.training.fit import SampleSize, fit, household_odds, odds
from tests.integration.identity.dbt_rules import DbtRules
from tests.integration.identity.sample_people import Record, records, table

EFFORT = SampleSize(random_pairs=200_000, block_pairs=200_000)


def share_at_one_postal_code(people: list[Record], *, matches: bool) -> float:
    """Of the pairs with one surname that are, or are not, one person."""
    known = [person for person in people if person["surname"] and person["postal_code"]]
    same = [
        bool(one["postal_code"] == other["postal_code"])
        for one, other in combinations(known, 2)
        if one["surname"] == other["surname"] and (one["person"] == other["person"]) is matches
    ]
    return sum(same) / len(same)


def test_families_are_told_from_persons(rules: DbtRules) -> None:
    people = records(800, siblings=0.4)
    with connect() as connection:
        connection.register("people", table(people))
        connection.execute("create table records as from people")
        model = fit(connection, rules.levels, EFFORT)
        household = household_odds(connection, rules.levels, model, EFFORT)
    exact = odds(model)["postal_code"]["exact"]
    assert household is not None
    assert household.u == pytest.approx(share_at_one_postal_code(people, matches=False), rel=0.2)
    assert household.m == pytest.approx(share_at_one_postal_code(people, matches=True), rel=0.1)
    assert exact.u is not None
    assert household.u is not None
    assert exact.u < household.u


def test_where_nobody_lives_together_there_is_nothing_to_learn(rules: DbtRules) -> None:
    people = [{**person, "postal_code": None} for person in records(300)]
    with connect() as connection:
        connection.register("people", table(people))
        connection.execute("create table records as from people")
        model = fit(connection, rules.levels, EFFORT)
        assert household_odds(connection, rules.levels, model, EFFORT) is None


@pytest.mark.parametrize("people", [0, 1, 20])
def test_a_handful_of_records_teaches_nothing(rules: DbtRules, people: int) -> None:
    with connect() as connection:
        connection.register("people", table(records(people)))
        connection.execute("create table records as from people")
        with pytest.raises(AffiliateError, match="too little data"):
            fit(connection, rules.levels, EFFORT)
