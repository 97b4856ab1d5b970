"""Random sales of a few affiliates, what the benchmark shows of them, and what attackers infer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.optimize import linprog

from serving.benchmark import check_frozen, fill_benchmark

MODELS = ("int_benchmark__categories", "int_benchmark__unions", "benchmark")
AFFILIATES, CATEGORIES, MONTHS = 5, 8, 40
#: Counts are shown to the nearest 5, money to a percent: half a step.
HALF_GRID, HALF_PERCENT = 2.5, 0.005
Row = tuple[int, str, int, int, str, bool, float]
#: Customers, orders, average ticket, percent of repeat orders, hidden categories.
Cells = tuple[int | None, int | None, float | None, int | None, int]
Shown = dict[int, dict[str, Cells]]
#: Of sales, how much they are.
Measure = Callable[[Sequence[Row]], float]


@dataclass(frozen=True)
class World:
    """Sales (month, category, affiliate, order, person, repeat, amount), and what is shown of them.

    The shown rows are by month and category.
    """

    sales: list[Row]
    shown: Shown

    def of(self, month: int, categories: Collection[str]) -> list[Row]:
        """Sales of a month in some categories."""
        return [row for row in self._by_month[month] if row[1] in categories]

    def categories(self, month: int) -> set[str]:
        """Categories of a month."""
        return {row[1] for row in self._by_month[month]}

    def hidden(self, month: int) -> set[str]:
        """Categories of a month that have no row of their own."""
        return self.categories(month) - set(self.shown[month])

    def parts(self, month: int, name: str) -> set[str]:
        """Categories that a shown row is of."""
        if name == "(all)":
            return self.categories(month)
        return self.hidden(month) if name == "(other)" else {name}

    @cached_property
    def _by_month(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {month: [] for month in range(MONTHS)}
        for row in self.sales:
            found[row[0]].append(row)
        return found


def random_sales(random: np.random.Generator) -> list[Row]:
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


class Market:
    """The benchmark's compiled models, and releases of what they make.

    Args:
        artefacts: Where dbt wrote its target directory, on DuckDB.
    """

    def __init__(self, artefacts: Path) -> None:
        self._target = artefacts / "target"
        manifest = json.loads((self._target / "manifest.json").read_text())
        self._nodes: dict[str, dict[str, Any]] = {n["name"]: n for n in manifest["nodes"].values()}

    def build(self, sales: Sequence[Row]) -> World:
        """What the models make of sales."""
        with self._built(sales) as connection:
            mart = self._nodes["benchmark"]["relation_name"]
            return World(list(sales), _shown(connection, mart))

    def release(self, sales: Sequence[Row], before: World, *, guarded: bool = True) -> World:
        """What a release shows of sales.

        Args:
            sales: Those that the warehouse knows now.
            before: The release before, made of others.
            guarded: Whether months that were published stay as they were.
        """
        mart = self._nodes["benchmark"]["relation_name"]
        with self._built(before.sales) as connection:
            published = connection.execute(f"from {mart}").to_arrow_table()
        with self._built(sales) as connection:
            for catalogue in ("wh", "previous", "stage"):
                connection.execute(f"attach ':memory:' as {catalogue}")
            connection.execute("create schema wh.marts; create schema previous.marts")
            connection.execute(f"create table wh.marts.benchmark as from {mart}")
            connection.register("published", published)
            connection.execute("create table previous.marts.benchmark as from published")
            fill_benchmark(connection, has_previous=guarded)
            if guarded:
                check_frozen(connection)
            return World(list(sales), _shown(connection, "stage.frozen.benchmark"))

    @contextmanager
    def _built(self, sales: Sequence[Row]) -> Iterator[duckdb.DuckDBPyConnection]:
        nodes, source = self._nodes, self._nodes["int_benchmark__sales"]
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
                compiled = self._target / "compiled" / "affiliate"
                query = (compiled / nodes[name]["original_file_path"]).read_text()
                connection.execute(f"create table {nodes[name]['relation_name']} as {query}")
            yield connection


def _shown(connection: duckdb.DuckDBPyConnection, relation: str) -> Shown:
    shown: Shown = {month: {} for month in range(MONTHS)}
    for month, category, *values in connection.execute(
        "select date_diff('month', date '2020-01-01', strptime(sales_month, '%Y-%m')), category, "
        "customers, orders, avg_ticket_base::double, repeat_percent, hidden_categories "
        f"from {relation}"
    ).fetchall():
        shown[month][category] = tuple(values)
    return shown


@dataclass(frozen=True)
class Figure:
    """A sum that a shown row tells roughly.

    Attributes:
        of: The sum over sales.
        between: Least and most that it can be, by what is shown.
    """

    of: Measure
    between: Callable[[Cells], tuple[float, float]]


def _orders(cells: Cells) -> tuple[float, float]:
    assert cells[1] is not None
    return cells[1] - HALF_GRID, cells[1] + HALF_GRID


def _repeated(cells: Cells) -> tuple[float, float]:
    assert cells[3] is not None
    least, most = _orders(cells)
    return (cells[3] - 0.5) / 100 * least, (cells[3] + 0.5) / 100 * most


def _money(cells: Cells) -> tuple[float, float]:
    assert cells[2] is not None
    least, most = _orders(cells)
    return cells[2] * (1 - HALF_PERCENT) * least, cells[2] * (1 + HALF_PERCENT) * most


#: What can be added up over categories; people cannot, who buy in several.
FIGURES = {
    "orders": Figure(len, _orders),
    "repeat orders": Figure(lambda rows: sum(row[5] for row in rows), _repeated),
    "money": Figure(lambda rows: sum(row[6] for row in rows), _money),
}
#: Categories whose sum lies between two figures.
Constraint = tuple[Collection[str], float, float]


def left_for(world: World, month: int, victim: int, figure: Figure) -> Iterator[Constraint]:
    """All other affiliates subtract what they sold from each row: what the victim did sell."""
    for name, cells in world.shown[month].items():
        if cells[1] is not None:
            parts = world.parts(month, name)
            known = figure.of([row for row in world.of(month, parts) if row[2] != victim])
            least, most = figure.between(cells)
            yield parts, least - known, most - known


def people_left_for(world: World, month: int, victim: int) -> Iterator[Constraint]:
    """As `left_for`, of people whom none of the others knows there.

    Who buys in two categories counts once in their sum, so the categories have at least that many.
    """
    for name, cells in world.shown[month].items():
        if cells[0] is not None:
            parts = world.parts(month, name)
            known = {row[4] for row in world.of(month, parts) if row[2] != victim}
            yield parts, cells[0] - len(known) - HALF_GRID, inf


def sold(world: World, month: int, victim: int, figure: Figure, parts: Collection[str]) -> float:
    """What the victim did sell in some categories."""
    return figure.of([row for row in world.of(month, parts) if row[2] == victim])


def bounds(
    constraints: Iterable[Constraint], wanted: Iterable[str]
) -> dict[str, tuple[float, float]]:
    """Least and most that a solver finds for each wanted category; none is negative."""
    rows = list(constraints)
    categories = sorted(set().union(*(parts for parts, _, _ in rows)))
    matrix, limits = [], []
    for parts, least, most in rows:
        mask = [float(category in parts) for category in categories]
        for limit, sign in ((most, 1), (-least, -1)):
            if limit < inf:
                matrix.append([sign * value for value in mask])
                limits.append(limit)
    found = {}
    for category in wanted:
        goal = np.array([float(other == category) for other in categories])
        least, most = (linprog(sign * goal, A_ub=matrix, b_ub=limits).fun for sign in (1, -1))
        found[category] = (least, inf if most is None else -most)
    return found


def recovered(first: World, second: World) -> Iterator[tuple[int, int, str]]:
    """Month, affiliate and hidden category of which two releases tell more than one does.

    Who attacks knows the rows of both, what all affiliates but one sold before and after, and what
    has changed of the last one.
    """
    orders = FIGURES["orders"]
    changed = [month for month in first.shown if first.shown[month] != second.shown[month]]
    for month in changed:
        for victim in range(AFFILIATES):
            told = [*left_for(first, month, victim, orders)]
            for parts, least, most in left_for(second, month, victim, orders):
                more = sold(first, month, victim, orders, parts) - sold(
                    second, month, victim, orders, parts
                )
                told.append((parts, least + more, most + more))
            hidden = first.hidden(month)
            total = sold(first, month, victim, orders, hidden)
            if total and first.shown[month]["(all)"][1] is not None:
                for category, (least, most) in bounds(told, sorted(hidden)).items():
                    if least > 0.5 or most < total - 0.5:
                        yield month, victim, category


def without_a_person(sales: Iterable[Row]) -> list[Row]:
    """The same sales, but of each month's best customer."""
    rows = list(sales)
    counts: dict[tuple[int, str], int] = {}
    for row in rows:
        counts[row[0], row[4]] = counts.get((row[0], row[4]), 0) + 1
    best = {month: max((n, who) for (at, who), n in counts.items() if at == month)[1]
            for month in range(MONTHS)}  # fmt: skip
    return [row for row in rows if best[row[0]] != row[4]]


def without_an_affiliate(sales: Iterable[Row]) -> list[Row]:
    """The same sales, but of the last affiliate."""
    return [row for row in sales if row[2] != AFFILIATES - 1]
