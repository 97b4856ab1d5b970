"""The sections of the dashboard: each a query, its result as a chart and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from core import sql
from orchestration.lib.dbt import variable
from web.dashboard import charts
from web.dashboard.filters import Filter

Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One section of the page.

    Attributes:
        name: Anchor of the heading.
        title: Heading.
        description: What the chart shows, in words.
        figure: Data and layout for Plotly; None if there is nothing to draw.
        rows: The same numbers as rows of a table.
    """

    name: str
    title: str
    description: str
    figure: charts.Figure | None
    rows: list[Row]


@dataclass(frozen=True)
class _Plan:
    name: str
    title: str
    description: str
    query: str
    draw: Callable[[list[Row]], charts.Figure] | None
    needs: str = "customer"
    is_internal: bool = False


def _plans(affiliate: str) -> tuple[_Plan, ...]:
    """Returns the plan of every section.

    Args:
        affiliate: The column with the affiliate of a row in the file that is queried.
    """
    return (
        _Plan(
            "funnel",
            "Sales funnel",
            "Deals that entered the funnel in this period and reached each stage or a later one, "
            "with the conversion from the previous stage.",
            sql.load(__package__, "funnel"),
            charts.funnel,
        ),
        _Plan(
            "time",
            "Time in each stage",
            "Total days that these deals spent in each stage; open deals count until now. Half of "
            "the deals took no longer than the median, 90 % no longer than the 90th percentile.",
            sql.load(__package__, "time_in_stage", affiliate=affiliate),
            charts.time_in_stage,
        ),
        _Plan(
            "velocity",
            "Velocity",
            "Expected revenue per day from open qualified deals, in the reporting currency: number "
            "of deals times win rate times average amount won, divided by the median days to win. "
            "With fewer than {minimum} decided deals, no win rate is shown.",
            sql.load(__package__, "velocity"),
            None,
        ),
        _Plan(
            "follow-ups",
            "Overdue follow-ups",
            "By owner, as of the release, independent of the period; the 30 owners with the most.",
            sql.load(__package__, "follow_ups"),
            charts.overdue,
            needs="follow_ups",
        ),
        _Plan(
            "trend",
            "New customers and net sales",
            "By month: customer records with their first valid order at the affiliate, and the net "
            "amount of all orders in the reporting currency.",
            sql.load(__package__, "trend"),
            charts.trend,
        ),
        _Plan(
            "rfm",
            "Recency and frequency",
            "Customers with orders by recency and frequency score (5 is best), as of the release, "
            "independent of the period.",
            sql.load(__package__, "rfm"),
            charts.rfm,
        ),
        _Plan(
            "retention",
            "Cohort retention",
            "Share of the customers of each first month who bought again in a later month; "
            "incomplete months are left out.",
            sql.load(__package__, "retention"),
            charts.retention,
        ),
        _Plan(
            "affiliates",
            "Affiliates compared",
            "Orders of this period, in the reporting currency.",
            sql.load(__package__, "comparison"),
            charts.comparison,
            is_internal=True,
        ),
    )


def read_sections(
    release: duckdb.DuckDBPyConnection, chosen: Filter, as_of: date, names: Mapping[int, str]
) -> list[Section]:
    """Queries everything that the page shows.

    Args:
        release: The internal file, or the file of the selected affiliate.
        chosen: The filter; `release` matches its affiliate.
        as_of: Day of the release.
        names: Affiliate id → slug, if known.
    """
    tables = {name for (name,) in release.execute("SHOW TABLES").fetchall()}
    values = {
        "first_month": chosen.start,
        "last_month": chosen.end,
        "as_of": as_of,
        "minimum": variable("funnel_minimum_decided"),
    }
    column = "affiliate_id" if chosen.affiliate is None else "affiliate"
    sections = []
    for plan in _plans(column):
        if plan.needs in tables and not (plan.is_internal and chosen.affiliate):
            rows = ask(release, plan.query, values)
            if plan.is_internal:
                rows = [
                    {**row, "affiliate": names.get(row["affiliate"], f"no. {row['affiliate']}")}
                    for row in rows
                ]
            figure = plan.draw(rows) if plan.draw and rows else None
            description = plan.description.format_map(values)
            sections.append(Section(plan.name, plan.title, description, figure, rows))
    return sections


def ask(release: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any]) -> list[Row]:
    """Rows as dictionaries; binds the values that the query refers to."""
    bound = {name: value for name, value in values.items() if f"${name}" in query}
    cursor = release.execute(query, bound)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
