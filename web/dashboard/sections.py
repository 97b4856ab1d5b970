"""The page's parts: each a question to the release, its answer as a figure and as a table."""

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
    """One part of the page.

    Attributes:
        name: Of its heading's anchor.
        title: Its heading.
        says: What is counted, for those who read the figure and those who cannot see it.
        figure: Data and layout for Plotly; None: there is nothing to draw.
        rows: The same numbers, as the table below it has them.
    """

    name: str
    title: str
    says: str
    figure: charts.Figure | None
    rows: list[Row]


@dataclass(frozen=True)
class _Plan:
    name: str
    title: str
    says: str
    query: str
    draw: Callable[[list[Row]], charts.Figure] | None
    needs: str = "customer"
    is_internal: bool = False


_PLANS = (
    _Plan(
        "funnel",
        "Sales funnel",
        "Deals that entered the funnel in these months and came to each stage or beyond, "
        "and their share of the stage before.",
        queries.FUNNEL,
        charts.funnel,
    ),
    _Plan(
        "time",
        "Time in each stage",
        "Days these deals spent in a stage, all visits added up, until now if one lasts: "
        "half of them at most the median, nine in ten at most the 90th percentile.",
        queries.TIME_IN_STAGE,
        charts.time_in_stage,
    ),
    _Plan(
        "velocity",
        "Velocity",
        "What the open qualified deals bring a day, in the reporting currency: their number times "
        "win rate times average amount won, by median days to win. "
        "No win rate below {minimum} decided deals.",
        queries.VELOCITY,
        None,
    ),
    _Plan(
        "follow-ups",
        "Overdue follow-ups",
        "By owner, at the release's instant, whatever the period; the 30 with most.",
        queries.FOLLOW_UPS,
        charts.overdue,
        needs="follow_ups",
    ),
    _Plan(
        "trend",
        "New customers and net sales",
        "By month: customer records with their first valid order at the affiliate, and net "
        "amount of the orders placed, in the reporting currency.",
        queries.TREND,
        charts.trend,
    ),
    _Plan(
        "rfm",
        "Recency and frequency",
        "Customers with orders by their scores, 5 is best, at the release's instant, whatever "
        "the period.",
        queries.RFM,
        charts.rfm,
    ),
    _Plan(
        "retention",
        "Cohort retention",
        "Of the customers who bought first in a month, the share that bought again so many "
        "months later; months that are not over are left out.",
        queries.RETENTION,
        charts.retention,
    ),
    _Plan(
        "affiliates",
        "Affiliates compared",
        "Orders placed in these months, in the reporting currency.",
        queries.COMPARISON,
        charts.comparison,
        is_internal=True,
    ),
)


def read_sections(
    release: duckdb.DuckDBPyConnection, chosen: Filter, as_of: date, names: Mapping[int, str]
) -> list[Section]:
    """Asks a release all that the page shows.

    Args:
        release: The internal file, or the chosen affiliate's.
        chosen: The months; the file is what `release` is.
        as_of: Day of the release.
        names: Slugs of affiliates by id, where they are known.
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
            says = plan.says.format_map(values)
            sections.append(Section(plan.name, plan.title, says, figure, rows))
    return sections


def ask(release: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any]) -> list[Row]:
    """Rows as dictionaries; of the values those are bound that the query names."""
    bound = {name: value for name, value in values.items() if f"${name}" in query}
    cursor = release.execute(query, bound)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
