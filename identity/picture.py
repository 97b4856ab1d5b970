"""A unified customer as one HTML file: the graph of its records, the evidence and the history.

The file is self-contained: it loads nothing, so it can be kept or sent as it is.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from contracts.ledgers import EDGE_FIELDS
from identity.explain import Edge, Explanation

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

#: With more edges than this, their weights are shown on hover only.
MOST_LABELS = 15
#: Pixels: diameter of a record, distance between neighbours on the circle, margin around it.
MARKER, SPACING, MARGIN = 64, 120, 100
#: Width of a line in pixels: the weakest and the strongest edge.
THIN, THICK = 1.5, 7.0


def customer_page(explanation: Explanation) -> str:
    """Return the page, with clear values if the explanation has them."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    templates = Environment(
        loader=PackageLoader("identity"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters["bits"] = format_bits
    graph = draw(explanation).to_html(full_html=False, config={"displayModeBar": False})
    return templates.get_template("person.html").render(
        person=explanation,
        graph=Markup(graph),  # noqa: S704 plotly escapes what it embeds
        fields=EDGE_FIELDS,
    )


def format_bits(millibits: int | None) -> str:
    """Format a weight for people: `+12.3`; blank for none."""
    return "" if millibits is None else f"{millibits / 1000:+.1f}".replace("-", "\u2212")


def format_evidence(edge: Edge) -> str:
    """Format the weight of each field, in bits."""
    return ", ".join(
        f"{field.replace('_', ' ')} {format_bits(weight)}"
        for field, weight in edge.weights.items()
        if weight
    )


def draw(explanation: Explanation) -> Figure:
    """Draw the records on a circle, the oldest on top, then clockwise, and a line for each edge."""
    from plotly.graph_objects import Figure

    records = [record.record_id for record in explanation.records]
    step = 2 * math.pi / max(len(records), 1)
    angles = [math.pi / 2 - step * place for place in range(len(records))]
    x, y = [math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles]
    # the circle grows with the number of records, so that markers never overlap
    side = 2 * MARGIN + SPACING * max(len(records), 5) / math.pi
    axis = {"visible": False, "range": [-1, 1], "fixedrange": True}
    figure = Figure(
        layout={
            "width": side,
            "height": side,
            "margin": dict.fromkeys("lrtb", MARGIN),
            "showlegend": False,
            "font": {"size": 14},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis,
            "yaxis": axis,
        }
    )
    _add_edges(figure, explanation.edges, dict(zip(records, zip(x, y, strict=True), strict=True)))
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers+text",
        text=records,
        marker={"size": MARKER, "color": "#dbe7fb", "line": {"width": 2, "color": "#1650b8"}},
        textfont={"color": "#1c1d1f"},
        hoverinfo="skip",
        cliponaxis=False,
    )
    for place in range(len(records)):
        figure.add_annotation(
            x=x[place],
            y=y[place],
            yshift=MARKER * (0.7 if y[place] >= 0 else -0.7),
            text=escape(_label(explanation, place)),
            font={"color": "#7a808a"},
            showarrow=False,
        )
    return figure


def _label(explanation: Explanation, place: int) -> str:
    record = explanation.records[place]
    values = explanation.values.get(record.record_id)
    return (values.name if values else None) or record.affiliate or ""


def _add_edges(figure: Figure, edges: list[Edge], places: dict[str, tuple[float, float]]) -> None:
    drawn = [edge for edge in edges if edge.left in places and edge.right in places]
    weights = [edge.total for edge in drawn]
    least, span = min(weights, default=0), max(weights, default=0) - min(weights, default=0)
    # edges come strongest first; the strongest is drawn last, on top
    for edge in reversed(drawn):
        (x1, y1), (x2, y2) = places[edge.left], places[edge.right]
        share = (edge.total - least) / span if span else 1.0
        figure.add_scatter(
            x=[x1, (x1 + x2) / 2, x2],
            y=[y1, (y1 + y2) / 2, y2],
            mode="lines",
            line={
                "width": THIN + (THICK - THIN) * share,
                "color": "#7d93b5",
                "dash": "dash" if edge.rule == "steward" else "solid",
            },
            hovertext=f"{edge.left} and {edge.right}: {format_bits(edge.total)} bits "
            f"({format_evidence(edge)})",
            hoverinfo="text",
            cliponaxis=False,
        )
        if len(drawn) <= MOST_LABELS:
            figure.add_annotation(
                # off the middle, where the lines of a circle cross
                x=x1 + (x2 - x1) * 0.4,
                y=y1 + (y2 - y1) * 0.4,
                text=format_bits(edge.total),
                font={"color": "#1c1d1f"},
                bgcolor="#eef1f6",
                showarrow=False,
            )
