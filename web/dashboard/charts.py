"""Rows as Plotly figures; the page sets colours and fonts."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]
Figure = dict[str, Any]


def funnel(rows: Rows) -> Figure:
    """Deals that reached each stage, with the conversion from the previous stage."""
    trace = {
        "type": "funnel",
        "y": [row["stage"] for row in rows],
        "x": [row["reached"] for row in rows],
        "textinfo": "value+percent previous",
        "hovertemplate": "%{y}: %{x:,} deals, %{percentInitial:.1%} of all<extra></extra>",
        "constraintext": "none",
    }
    return _figure([trace], height=32 + 56 * len(rows), yaxis={"automargin": True})


def time_in_stage(rows: Rows) -> Figure:
    """Median and 90th percentile of the days in each stage."""
    names = {
        "median_days": "median",
        "p90_days": "90th percentile",
        "open_median_days": "median of open deals",
    }
    stages = [row["stage"] for row in rows]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": stages,
            "x": [row[column] for row in rows],
            "hovertemplate": "%{y}: %{x:,.1f} days<extra>" + name + "</extra>",
        }
        for column, name in names.items()
    ]
    return _figure(
        traces,
        height=140 + 60 * len(rows),
        xaxis={"title": {"text": "days"}},
        yaxis={"autorange": "reversed", "ticklabelstandoff": 6},
    )


def overdue(rows: Rows) -> Figure:
    """Overdue follow-ups of each owner."""
    return _bars([row["owner"] for row in rows], [row["overdue"] for row in rows], "follow-ups")


def rfm(rows: Rows) -> Figure:
    """Customers by score of recency and of frequency."""
    found = {(row["recency"], row["frequency"]): row["customers"] for row in rows}
    scores = range(1, 6)
    cells = [[found.get((recency, frequency), 0) for frequency in scores] for recency in scores]
    trace = _heatmap([str(s) for s in scores], [str(s) for s in scores], cells, "%{z:,}")
    trace["hovertemplate"] = "recency %{y}, frequency %{x}: %{z:,} customers<extra></extra>"
    return _figure(
        [trace],
        height=100 + 48 * len(scores),
        xaxis=_categories("frequency score"),
        yaxis=_categories("recency score"),
    )


def retention(rows: Rows) -> Figure:
    """Share of the new customers of each month who bought again, by months since."""
    cohorts = sorted({row["first_bought"] for row in rows})
    found = {(row["first_bought"], row["months_later"]): row["share"] for row in rows}
    later = range(1, max((row["months_later"] for row in rows), default=1) + 1)
    cells = [[found.get((cohort, month)) for month in later] for cohort in cohorts]
    trace = _heatmap([str(month) for month in later], cohorts, cells, "%{z:.0%}")
    trace["hovertemplate"] = "first bought %{y}, %{x} months later: %{z:.1%}<extra></extra>"
    return _figure(
        [trace],
        height=100 + 34 * len(cohorts),
        xaxis=_categories("months after the first purchase"),
        yaxis={**_categories(), "autorange": "reversed"},
    )


def trend(rows: Rows) -> Figure:
    """New customers and net sales by month, one above the other."""
    months = [f"{row['month']}-01" for row in rows]
    new = {
        "type": "bar",
        "name": "new customers",
        "x": months,
        "y": [row["new_customers"] for row in rows],
        "hovertemplate": "%{x|%Y-%m}: %{y:,} new customers<extra></extra>",
    }
    sales = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "net sales",
        "x": months,
        "y": [row["net_sales"] for row in rows],
        "yaxis": "y2",
        "hovertemplate": "%{x|%Y-%m}: %{y:,.0f} net sales<extra></extra>",
    }
    return _figure(
        [new, sales],
        height=460,
        xaxis={"type": "date", "anchor": "y", "tickformat": "%b\n%Y"},
        yaxis={"domain": [0, 0.45], "title": {"text": "new customers"}, "rangemode": "tozero"},
        yaxis2={"domain": [0.55, 1], "title": {"text": "net sales"}, "rangemode": "tozero"},
        showlegend=False,
    )


def comparison(rows: Rows) -> Figure:
    """Net sales of each affiliate."""
    names = [str(row["affiliate"]) for row in rows]
    return _bars(names, [row["net_sales"] for row in rows], "net sales, reporting currency")


def _bars(names: list[str], values: list[Any], unit: str) -> Figure:
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": values,
        "hovertemplate": "%{y}: %{x:,.0f}<extra></extra>",
    }
    return _figure(
        [trace],
        height=100 + 36 * len(names),
        xaxis={"title": {"text": unit}},
        yaxis={**_categories(), "autorange": "reversed", "ticklabelstandoff": 6},
    )


def _heatmap(x: list[str], y: list[str], z: list[list[Any]], text: str) -> Figure:
    look = {"texttemplate": text, "zmin": 0, "xgap": 2, "ygap": 2}
    return {"type": "heatmap", "x": x, "y": y, "z": z, **look}


def _categories(title: str = "") -> Figure:
    """A category axis with a label for each value."""
    return {"type": "category", "dtick": 1, "showgrid": False, "title": {"text": title}}


def _figure(traces: list[Figure], height: int, **layout: Any) -> Figure:
    return {"data": traces, "layout": {"height": height, **layout}}
