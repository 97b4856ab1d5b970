"""Sample events for tests, and their validation results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from contracts.schemas import event_schema
from contracts.topics import TOPICS, TopicSpec
from core.duckdb_session import connect
from ingestion.validation.reasons import reasons
from ingestion.validation.rows import query_in_order
from ingestion.validation.validator import TopicValidator

BY_NAME = {topic.name: topic for topic in TOPICS}
FUNNEL = BY_NAME["sales.funnel"]


def deal(**changes: Any) -> dict[str, Any]:
    """A good event of the topic `sales.funnel`."""
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/crm",
        "type": "DealOpened",
        "time": "2026-03-01T10:20:30.456Z",
        "affiliateid": 3,
        "data": {"deal_id": "deal-1", "affiliate_customer_id": 12, "amount": 99.5},
        **changes,
    }


def encoded(event: object) -> bytes:
    return json.dumps(event).encode()


TIMES = ("2026-03-01T10:20:30Z", "2026-02-30T10:20:30Z", "2026-03-01T24:00:00Z", "2026-03-01")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers(2**62, 2**65)
    | st.sampled_from([0.5, -1.25, 1e-300, 9999999999.5, 1.5e300])
    | st.sampled_from(["", "x" * 200, "x" * 201, "7", "0017", "1" * 18, "1" * 19, "é" * 200])
    | st.sampled_from(TIMES)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=5)
)
ANYTHING = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text("ab"), SCALARS)


def good_event(type_: str) -> dict[str, Any]:
    required = event_schema(type_)["properties"]["data"]["required"]
    values = {name: "purpose" if name == "purpose" else 1 for name in required}
    return deal(type=type_, data=values)


@st.composite
def nearly_good(draw: st.DrawFn, topic: TopicSpec) -> tuple[str, dict[str, Any]]:
    """An event of the topic in which up to three members were dropped or changed."""
    type_ = draw(st.sampled_from(topic.types))
    event = good_event(type_)
    inner = list(event_schema(type_)["properties"]["data"]["properties"])
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(sorted({*inner, *event} - {"type"})))
        target = event["data"] if place in inner else event
        if not isinstance(target, dict):
            continue
        if draw(st.booleans()):
            target[place] = draw(ANYTHING)
        else:
            target.pop(place, None)
        event.setdefault("data", {})
    return topic.name, event


def table(values: Sequence[bytes | None]) -> pa.Table:
    """Messages as the judges take them: each value is the document itself."""
    nulls = pa.nulls(len(values), pa.string())
    return pa.table({"value": pa.array(values, pa.binary()), "document": nulls, "fault": nulls})


def verdicts(topic: TopicSpec, values: Sequence[bytes | None]) -> list[str | None]:
    """Reason per message, null for the good ones, in the messages' order."""
    places, reasons = TopicValidator(connect(), topic).reasons(table(values))
    found = dict(zip(places.tolist(), reasons, strict=True))
    return [found.get(place) for place in range(len(values))]


def exact_verdicts(topic: TopicSpec, values: Sequence[bytes | None]) -> list[str | None]:
    """The same from the exact judge alone."""
    query = f"select row_index, reason from ({reasons(topic, 'messages')})"
    found: list[str | None] = query_in_order(connect(), "messages", table(values), query)[
        "reason"
    ].to_pylist()
    return found
