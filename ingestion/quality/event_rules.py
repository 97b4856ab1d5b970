"""Quality rules of an event type: required fields of its JSON Schema, and declared rules.

Events that violate their schema never land. A missing required field is therefore an error here:
it means that the platform itself reads messages incorrectly.
"""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.columns import BIGINT, TIMESTAMP
from contracts.event_types import properties
from contracts.schemas import event_schemas
from ingestion.quality.declared import declared_rules
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

#: Brokers redeliver messages that were not acknowledged. A lower share of unique events is a fault.
_MIN_UNIQUE_EVENTS = 0.80


def data_columns(event_type: str) -> dict[str, str]:
    """Return the fields of `data` in any version, with their warehouse types."""
    return {one.name: one.type for one in properties(event_type)}


def event_rules(event_type: str, now: datetime) -> tuple[QualityRule, ...]:
    """Build the rules of an event type.

    Args:
        event_type: Name of the event type.
        now: Time of the validation.
    """
    broken = "required by the contract: the platform reads these messages incorrectly"
    return (
        *(never_null(column, broken) for column in _required(event_type)),
        unique(("partition", "offset"), "a message was landed twice"),
        mostly_unique(
            ("event_source", "event_id"), _MIN_UNIQUE_EVENTS, "too many duplicate deliveries"
        ),
        between(
            "event_at", datetime(2000, 1, 1, tzinfo=UTC), None, 0.99, "implausible event times"
        ),
        *formats(tuple(data_columns(event_type))),
        *(rule for field in properties(event_type) for rule in declared_rules(field, now)),
    )


def _required(event_type: str) -> list[str]:
    """Return the columns that every version of the contract requires."""
    first, *others = (
        [
            *(ENVELOPE[name] for name in schema["required"] if name in ENVELOPE),
            *schema["properties"]["data"].get("required", ()),
        ]
        for schema in event_schemas(event_type).values()
    )
    return [column for column in first if all(column in other for other in others)]
