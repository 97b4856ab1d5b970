"""What each event type promises: from its JSON Schema, and what is declared here.

Events that break their contract never land, so what the schema requires is an error here: a failure
means that the platform itself reads messages wrongly.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from contracts.schemas import event_schemas
from contracts.tables import BIGINT, TEXT, TIMESTAMP
from contracts.topics import TOPICS
from ingestion.quality.formats import formats
from ingestion.quality.rules import (
    Rule,
    between,
    graded,
    mostly_unique,
    never_null,
    one_of,
    unique,
)

#: Envelope field → its column.
ENVELOPE = {
    "id": "event_id",
    "source": "event_source",
    "time": "event_at",
    "affiliateid": "affiliate_id",
}
ENVELOPE_TYPES = {"event_at": TIMESTAMP, "affiliate_id": BIGINT}

_OUTCOMES = ("reached", "no_answer", "replied", "meeting_booked", "opted_out")
_DEAL = graded(between("amount", 0, None, 0.99, "a deal is worth nothing less"))

#: Event type → rules beyond those that follow from its schema.
DECLARED: dict[str, tuple[Rule, ...]] = {
    **dict.fromkeys(next(t.types for t in TOPICS if t.name == "sales.funnel"), _DEAL),
    "FollowUpDone": one_of("outcome", _OUTCOMES, "a task with an unknown end stays open"),
    "CustomerErased": one_of("scope", ("affiliate", "all"), "an unknown scope erases everywhere"),
}

#: Topic → days after which it is odd that nothing newer came; only a warning, as for tables.
STALE_DAYS = {"storefront.visits": 7, "sales.funnel": 7}

#: A broker repeats what it was not told had arrived; this many repetitions are another problem.
_REPEATED = 0.80


def data_columns(event_type: str) -> dict[str, str]:
    """Fields of `data` in any version, and the warehouse types they are read as."""
    return {
        name: _column_type(field)
        for schema in event_schemas(event_type).values()
        for name, field in schema["properties"]["data"]["properties"].items()
    }


def event_rules(event_type: str) -> tuple[Rule, ...]:
    """Rules for the events of one type."""
    broken = "its contract requires it: the platform reads these messages wrongly"
    return (
        *(never_null(column, broken) for column in _required(event_type)),
        unique(("partition", "offset"), "a message was landed twice"),
        mostly_unique(
            ("event_source", "event_id"), _REPEATED, "deliveries repeat, but not this often"
        ),
        between(
            "event_at", datetime(2000, 1, 1, tzinfo=UTC), None, 0.99, "an event of another time"
        ),
        *formats(tuple(data_columns(event_type))),
        *DECLARED.get(event_type, ()),
    )


def _required(event_type: str) -> list[str]:
    """Columns that every version of the contract requires."""
    first, *others = (
        [
            *(ENVELOPE[name] for name in schema["required"] if name in ENVELOPE),
            *schema["properties"]["data"].get("required", ()),
        ]
        for schema in event_schemas(event_type).values()
    )
    return [column for column in first if all(column in other for other in others)]


def _column_type(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", ())
    if "string" in kinds:
        return TIMESTAMP if schema.get("format") == "date-time" else TEXT
    return BIGINT if "integer" in kinds else "double"
