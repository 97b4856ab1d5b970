"""A person as one HTML file: the graph of its records, the evidence and the history.

No script, and nothing from elsewhere: it may be kept or sent as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from contracts.ledgers import EDGE_FIELDS
from identity.explain import Edge, Explanation

#: Pixels between neighbours on the circle of records, and the least radius.
SPACING, LEAST_RADIUS, MARGIN = 150, 150, 90
#: Of the disc that stands for a record.
RADIUS = 38
#: With more edges than this their weights are told by pointing at them only.
MOST_LABELS = 15
#: Width of a line in pixels, of the weakest and the strongest edge.
THIN, THICK = 1.5, 7.0


@dataclass(frozen=True)
class Node:
    """A record's place; its label, a note beside it, and coordinates in pixels."""

    label: str
    note: str
    x: float
    y: float
    note_y: float


@dataclass(frozen=True)
class Line:
    """An edge's place; its label is empty where there are too many."""

    edge: Edge
    x1: float
    y1: float
    x2: float
    y2: float
    label_x: float
    label_y: float
    width: float
    label: str
    told: str


@dataclass(frozen=True)
class Drawing:
    """The graph, in a square of `size` pixels."""

    size: float
    nodes: list[Node]
    lines: list[Line]


def html(explanation: Explanation) -> str:
    """The page; with clear values if the explanation has some."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("identity"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters["bits"] = bits
    return templates.get_template("person.html").render(
        person=explanation, drawing=draw(explanation), fields=EDGE_FIELDS, radius=RADIUS
    )


def bits(millibits: int | None) -> str:
    """A weight for people: `+12.3`; blank for none."""
    return "" if millibits is None else f"{millibits / 1000:+.1f}".replace("-", "\u2212")


def draw(explanation: Explanation) -> Drawing:
    """Puts the records on a circle, oldest on top, then clockwise."""
    count = len(explanation.records)
    radius = max(LEAST_RADIUS, SPACING * count / (2 * math.pi)) if count > 1 else 0
    middle = radius + MARGIN
    nodes = []
    for place, record in enumerate(explanation.records):
        angle = 2 * math.pi * place / count - math.pi / 2
        values = explanation.values.get(record.record_id)
        note = (values.name if values else None) or record.affiliate or ""
        x, y = middle + radius * math.cos(angle), middle + radius * math.sin(angle)
        # away from the lines, which all run inside the circle
        note_y = y - RADIUS - 8 if y < middle else y + RADIUS + 18
        nodes.append(Node(record.record_id, note, round(x, 1), round(y, 1), round(note_y, 1)))
    places = {node.label: node for node in nodes}
    return Drawing(round(2 * middle, 1), nodes, _lines(explanation.edges, places))


def _lines(edges: list[Edge], places: dict[str, Node]) -> list[Line]:
    drawn = [edge for edge in edges if edge.left in places and edge.right in places]
    weights = [edge.total for edge in drawn]
    least, span = min(weights, default=0), max(weights, default=0) - min(weights, default=0)
    lines = []
    # the strongest last: it lies on top
    for edge in reversed(drawn):
        a, b = places[edge.left], places[edge.right]
        share = (edge.total - least) / span if span else 1.0
        fields = ", ".join(
            f"{field.replace('_', ' ')} {bits(weight)}"
            for field, weight in edge.weights.items()
            if weight
        )
        lines.append(
            Line(
                edge,
                *(a.x, a.y, b.x, b.y),
                # off the middle, where lines of a circle cross
                label_x=round(a.x + (b.x - a.x) * 0.4, 1),
                label_y=round(a.y + (b.y - a.y) * 0.4, 1),
                width=round(THIN + (THICK - THIN) * share, 1),
                label=bits(edge.total) if len(drawn) <= MOST_LABELS else "",
                told=f"{edge.left} and {edge.right}: {bits(edge.total)} bits ({fields})",
            )
        )
    return lines
