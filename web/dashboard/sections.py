"""The sections of the dashboard: each a query, its result as a chart and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from orchestration.lib.dbt import variable
from web.dashboard import charts, queries
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


_PLANS = (
    _Plan(
        "funnel",
        "Sales funnel",
        "Deals that entered the funnel in this period and reached each stage or a later one, "
        "with the conversion from the previous stage.",
        queries.FUNNEL,
        charts.funnel,
    ),
    _Plan(
        "time",
        "Time in each stage",
        "Total days that these deals spent in each stage; open deals count until now. Half of the "
        "deals took no longer than the median, 90 % no longer than the 90th percentile.",
        queries.TIME_IN_STAGE,
        charts.time_in_stage,
    ),
    _Plan(
        "velocity",
        "Velocity",
        "Expected revenue per day from open qualified deals, in the reporting currency: number of "
        "deals times win rate times average amount won, divided by the median days to win. "
        "With fewer than {minimum} decided deals, no win rate is shown.",
        queries.VELOCITY,
        None,
    ),
    _Plan(
        "follow-ups",
        "Overdue follow-ups",
        "By owner, as of the release, independent of the period; the 30 owners with the most.",
        queries.FOLLOW_UPS,
        charts.overdue,
        needs="follow_ups",
    ),
    _Plan(
        "trend",
        "New customers and net sales",
        "By month: customer records with their first valid order at the affiliate, and the net "
        "amount of all orders in the reporting currency.",
        queries.TREND,
        charts.trend,
    ),
    _Plan(
        "rfm",
        "Recency and frequency",
        "Customers with orders by recency and frequency score (5 is best), as of the release, "
        "independent of the period.",
        queries.RFM,
        charts.rfm,
    ),
    _Plan(
        "retention",
        "Cohort retention",
        "Share of the customers of each first month who bought again in a later month; incomplete "
        "months are left out.",
        queries.RETENTION,
        charts.retention,
    ),
    _Plan(
        "affiliates",
        "Affiliates compared",
        "Orders of this period, in the reporting currency.",
        queries.COMPARISON,
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
        "start": chosen.start,
        "end": chosen.end,
        "as_of": as_of,
        "minimum": variable("funnel_minimum_decided"),
    }
    column = "affiliate_id" if chosen.affiliate is None else "affiliate"
    sections = []
    for plan in _PLANS:
        if plan.needs in tables and not (plan.is_internal and chosen.affiliate):
            rows = ask(release, plan.query.replace("{affiliate}", column), values)
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
