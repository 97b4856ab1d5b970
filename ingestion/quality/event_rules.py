"""The rules of an event type: what its JSON Schema requires, and the rules it declares.

Events that break their contract never land, so what the schema requires is an error here: a failure
means that the platform itself reads messages wrongly.
"""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.columns import BIGINT, TIMESTAMP
from contracts.event_types import properties
from contracts.schemas import event_schemas
from ingestion.quality.declared import declared
from ingestion.quality.formats import formats
from ingestion.quality.rules import (
    QualityRule,
    between,
    mostly_unique,
    never_null,
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

#: A broker repeats what it was not told had arrived; this many repetitions are another problem.
_REPEATED = 0.80


def data_columns(event_type: str) -> dict[str, str]:
    """Fields of `data` in any version, and the warehouse types they are read as."""
    return {one.name: one.type for one in properties(event_type)}


def event_rules(event_type: str, now: datetime) -> tuple[QualityRule, ...]:
    """Rules for the events of one type.

    Args:
        event_type: The type.
        now: The instant of the review.
    """
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
        *(rule for one in properties(event_type) for rule in declared(one, now)),
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
