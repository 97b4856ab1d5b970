"""The benchmark against random sales: what it shows keeps its rules, and what it hides stays so."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from tests.dbt.dbt_warehouse import Warehouse

MODELS = ("int_benchmark__categories", "int_benchmark__unions", "benchmark")
AFFILIATES, CATEGORIES, MONTHS = 5, 8, 40
PEOPLE, FEWEST, PERCENT, GRID = 20, 3, 75, 5
Row = tuple[int, str, int, int, str, bool, float]


@dataclass(frozen=True)
class World:
    """Sales: month, category, affiliate, order, person, repeat, amount; and what is shown of them.

    The shown rows are by month and category: customers, orders, hidden categories.
    """

    sales: list[Row]
    shown: dict[int, dict[str, tuple[int | None, int | None, int]]]

    def of(self, month: int, categories: Iterable[str]) -> list[Row]:
        """Sales of a month in some categories."""
        wanted = set(categories)
        return [row for row in self.sales if row[0] == month and row[1] in wanted]

    def hidden(self, month: int) -> set[str]:
        """Categories of a month that have no row of their own."""
        return {row[1] for row in self.sales if row[0] == month} - set(self.shown[month])


@pytest.fixture(scope="module")
def market(built: list[Warehouse]) -> World:
    """A world of many small months, through the compiled models."""
    sales = _sales(np.random.default_rng(7))
    manifest = json.loads((built[0].artefacts / "target" / "manifest.json").read_text())
    nodes: dict[str, dict[str, Any]] = {n["name"]: n for n in manifest["nodes"].values()}
    source = nodes["int_benchmark__sales"]
    with duckdb.connect() as connection:
        connection.execute(f"attach ':memory:' as {source['database']}")
        for schema in {nodes[name]["schema"] for name in (source["name"], *MODELS)}:
            connection.execute(f"create schema {source['database']}.{schema}")
        connection.execute(
            f"create table {source['relation_name']} (sales_month date, category text, "
            "affiliate_id bigint, order_id bigint, customer_id text, is_repeat boolean, "
            "net_amount decimal(18, 2))"
        )
        names = ["month", "category", "affiliate", "order_id", "person", "is_repeat", "amount"]
        connection.register("sold", pd.DataFrame(sales, columns=names))
        connection.execute(
            f"insert into {source['relation_name']} "
            "select date '2020-01-01' + to_months(month::integer), * exclude (month) from sold"
        )
        for name in MODELS:
            compiled = built[0].artefacts / "target" / "compiled" / "affiliate"
            query = (compiled / nodes[name]["original_file_path"]).read_text()
            connection.execute(f"create table {nodes[name]['relation_name']} as {query}")
        shown: dict[int, dict[str, Any]] = {month: {} for month in range(MONTHS)}
        for month, category, *values in connection.execute(
            "select date_diff('month', date '2020-01-01', strptime(sales_month, '%Y-%m')), "
            "category, customers, orders, hidden_categories "
            f"from {nodes['benchmark']['relation_name']}"
        ).fetchall():
            shown[month][category] = tuple(values)
    return World(sales, shown)


def _sales(random: np.random.Generator) -> list[Row]:
    """Every order in one category: what an attacker would like best. Each month has its own mix."""
    rows: list[Row] = []
    for month in range(MONTHS):
        sells = random.random((AFFILIATES, CATEGORIES)) < random.uniform(0.3, 1)
        for affiliate, category in zip(*np.nonzero(sells), strict=True):
            for _ in range(int(random.lognormal(2, 1))):
                person = f"{month}-{random.integers(150)}"
                amount = round(float(random.lognormal(3, 1)) + 0.01, 2)
                rows.append((
                    month, f"c{category}", int(affiliate), len(rows), person,
                    bool(random.random() < 0.5), amount,
                ))  # fmt: skip
    return rows


def test_every_shown_row_keeps_the_rules_and_together_they_are_the_month(market: World) -> None:
    months = {"whole": 0, "with hidden": 0, "without hidden": 0}
    for month, rows in market.shown.items():
        hidden = market.hidden(month)
        kind = "whole" if set(rows) == {"(all)"} else "with hidden" if hidden else "without hidden"
        months[kind] += 1
        assert len(hidden) != 1
        assert ("(other)" in rows) == (kind == "with hidden")
        assert rows["(all)"][2] == len(hidden)
        for category, (customers, orders, _) in rows.items():
            parts = {"(other)": hidden, "(all)": {row[1] for row in market.sales}}
            sales = market.of(month, parts.get(category, {category}))
            if customers is None:
                assert category == "(all)"
                assert not _may_be_shown(sales)
                continue
            assert _may_be_shown(sales)
            assert abs(customers - len({row[4] for row in sales})) <= GRID / 2
            assert orders is not None
            assert abs(orders - len(sales)) <= GRID / 2
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


def test_all_but_one_affiliate_together_cannot_recover_a_hidden_category(market: World) -> None:
    """They subtract their orders from each row; a solver bounds what is left for the last one.

    It may have sold anything in any hidden category, from nothing to all that it sold in them. That
    it sold nothing in all of them is what they may learn.
    """
    attacked = 0
    for month, victim in product(market.shown, range(AFFILIATES)):
        hidden = sorted(market.hidden(month))
        sold = sum(row[2] == victim for row in market.of(month, hidden))
        if sold and market.shown[month]["(all)"][1] is not None and attacked < 60:
            attacked += 1
            for low, high in _bounds(market, month, victim, hidden):
                assert low < 1e-6
                assert high > sold - 1e-6
    assert attacked == 60


def _bounds(market: World, month: int, victim: int, hidden: list[str]) -> list[tuple[float, float]]:
    """Least and most orders that the victim can have in each hidden category."""
    categories = sorted({row[1] for row in market.of(month, [f"c{n}" for n in range(CATEGORIES)])})
    matrix, limits = [], []
    for shown, (_, orders, _) in market.shown[month].items():
        parts = {"(other)": hidden, "(all)": categories}.get(shown, [shown])
        if orders is None:
            continue
        known = sum(row[2] != victim for row in market.of(month, parts))
        mask = [float(category in parts) for category in categories]
        matrix += [mask, [-value for value in mask]]
        limits += [orders - known + GRID / 2, -(orders - known) + GRID / 2]
    bounds = []
    for category in hidden:
        goal = np.array([float(other == category) for other in categories])
        ends = [linprog(sign * goal, A_ub=matrix, b_ub=limits).fun for sign in (1, -1)]
        bounds.append((ends[0], -ends[1]))
    return bounds


def test_rows_of_a_month_leave_no_hidden_category_by_subtraction(market: World) -> None:
    """No difference of a shown row and others of its month is one category that has no row."""
    for month, rows in market.shown.items():
        hidden = market.hidden(month)
        every = {row[1] for row in market.sales if row[0] == month}
        sets = {"(other)": hidden, "(all)": every}
        shown = [frozenset(sets.get(name, {name})) for name in rows if rows[name][0] is not None]
        for whole in shown:
            inside = [part for part in shown if part < whole]
            for count in range(len(inside) + 1):
                for parts in combinations(inside, count):
                    rest = whole - frozenset().union(*parts)
                    assert not (len(rest) == 1 and rest <= hidden)
