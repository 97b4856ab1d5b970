"""The benchmark against random sales: what it shows keeps its rules, and what it hides stays so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations, product

import numpy as np
import pytest

from tests.dbt.benchmark_market import (
    AFFILIATES,
    FIGURES,
    HALF_GRID,
    MONTHS,
    Market,
    Row,
    World,
    bounds,
    left_for,
    people_left_for,
    random_sales,
    recovered,
    sold,
    without_a_person,
    without_an_affiliate,
)
from tests.dbt.dbt_warehouse import Warehouse

PEOPLE, FEWEST, PERCENT = 20, 3, 75
ATTACKS = 60
Change = Callable[[Iterable[Row]], list[Row]]


@pytest.fixture(scope="module")
def market(built: list[Warehouse]) -> Market:
    return Market(built[0].artefacts)


@pytest.fixture(scope="module")
def small_months(market: Market) -> World:
    """A world of many small months, through the compiled models."""
    return market.build(random_sales(np.random.default_rng(7)))


def test_benchmark_rows_obey_the_rules_and_add_up_to_the_month(
    small_months: World,
) -> None:
    months = {"whole": 0, "with hidden": 0, "without hidden": 0}
    for month, rows in small_months.shown.items():
        hidden = small_months.hidden(month)
        kind = "whole" if set(rows) == {"(all)"} else "with hidden" if hidden else "without hidden"
        months[kind] += 1
        assert len(hidden) != 1
        assert ("(other)" in rows) == (kind == "with hidden")
        assert rows["(all)"][-1] == len(hidden)
        for category, (customers, orders, *_) in rows.items():
            parts = {"(other)": hidden, "(all)": {row[1] for row in small_months.sales}}
            sales = small_months.of(month, parts.get(category, {category}))
            if customers is None:
                assert category == "(all)"
                assert not _may_be_shown(sales)
                continue
            assert _may_be_shown(sales)
            assert abs(customers - len({row[4] for row in sales})) <= HALF_GRID
            assert orders is not None
            assert abs(orders - len(sales)) <= HALF_GRID
    assert min(months.values()) > 0, months


def _may_be_shown(sales: list[Row]) -> bool:
    affiliates = {row[2] for row in sales}
    people = {row[4] for row in sales}
    if len(people) < PEOPLE or len(affiliates) < FEWEST:
        return False
    of_each = [[row for row in sales if row[2] == affiliate] for affiliate in affiliates]
    most = [
        (max(len({row[4] for row in own}) for own in of_each), len(people)),
        (max(map(len, of_each)), len(sales)),
        (
            max(sum(round(100 * row[6]) for row in own) for own in of_each),
            sum(round(100 * row[6]) for row in sales),
        ),
    ]
    return all(100 * part <= PERCENT * whole for part, whole in most)


@pytest.mark.parametrize("name", FIGURES)
def test_all_but_one_affiliate_together_cannot_recover_a_hidden_category(
    small_months: World, name: str
) -> None:
    """They subtract their sales from each row; a solver bounds what is left for the last one.

    It may have sold anything in any hidden category, from nothing to all that it sold in them. That
    it sold nothing in all of them is what they may learn.
    """
    figure = FIGURES[name]
    for month, victim in _attacks(small_months):
        hidden = small_months.hidden(month)
        total = sold(small_months, month, victim, figure, hidden)
        for least, most in bounds(left_for(small_months, month, victim, figure), hidden).values():
            assert least < 1e-6
            assert most > total - 1e-6


def test_all_but_one_affiliate_cannot_tell_whether_a_hidden_category_was_bought(
    small_months: World,
) -> None:
    for month, victim in _attacks(small_months):
        told = people_left_for(small_months, month, victim)
        assert all(least < 1e-6 for least, _ in bounds(told, small_months.hidden(month)).values())


def _attacks(small_months: World) -> list[tuple[int, int]]:
    """Months with hidden categories in which an affiliate sold, and that affiliate."""
    found = [
        (month, victim)
        for month, victim in product(small_months.shown, range(AFFILIATES))
        if small_months.shown[month]["(all)"][1] is not None
        and sold(small_months, month, victim, FIGURES["orders"], small_months.hidden(month))
    ]
    assert len(found) > ATTACKS
    return found[:ATTACKS]


@pytest.mark.parametrize("change", [without_a_person, without_an_affiliate])
@pytest.mark.parametrize("comes", [False, True])
def test_two_releases_reveal_no_more_than_one(
    market: Market, small_months: World, change: Change, comes: bool
) -> None:
    """A person or an affiliate is gone, or there, when the next month is published."""
    before, after = small_months.sales, change(small_months.sales)
    if comes:
        before, after = after, before
    first = market.build([row for row in before if row[0] < MONTHS - 1])
    assert list(recovered(first, market.release(after, first))) == []
    # without the guard they would
    assert next(recovered(first, market.release(after, first, guarded=False)))


def test_published_month_is_immutable_and_the_next_is_added(
    market: Market, small_months: World
) -> None:
    first = market.build([row for row in small_months.sales if row[0] < MONTHS - 1])
    second = market.release(without_an_affiliate(small_months.sales), first)
    assert {month: second.shown[month] for month in range(MONTHS - 1)} == {
        month: first.shown[month] for month in range(MONTHS - 1)
    }
    assert second.shown[MONTHS - 1]["(all)"]


def test_rows_of_a_month_leave_no_hidden_category_by_subtraction(small_months: World) -> None:
    """No difference of a shown row and others of its month is one category that has no row."""
    for month, rows in small_months.shown.items():
        hidden = small_months.hidden(month)
        every = {row[1] for row in small_months.sales if row[0] == month}
        sets = {"(other)": hidden, "(all)": every}
        shown = [frozenset(sets.get(name, {name})) for name in rows if rows[name][0] is not None]
        for whole in shown:
            inside = [part for part in shown if part < whole]
            for count in range(len(inside) + 1):
                for parts in combinations(inside, count):
                    rest = whole - frozenset().union(*parts)
                    assert not (len(rest) == 1 and rest <= hidden)
