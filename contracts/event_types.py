"""The properties of an event's `data`, described as the columns of a table are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from contracts.columns import BIGINT, TEXT, TIMESTAMP, ColumnRule
from contracts.personal import check_class
from contracts.reading import part
from contracts.schemas import PERSONAL, RULES, event_schemas


@dataclass(frozen=True)
class Property:
    """One property.

    Attributes:
        name: In `data`.
        type: Warehouse type that it is read as.
        description: What it means, one line for people.
        personal: Its class of personal data, one of `contracts.personal.CLASSES`.
        rules: What its values should keep.
    """

    name: str
    type: str
    description: str
    personal: str
    rules: tuple[ColumnRule, ...] = ()


@cache
def properties(event_type: str) -> tuple[Property, ...]:
    """Properties of `data` in any version of an event type; the newest version describes them.

    Raises:
        ValueError: one has no description or no class of personal data.
    """
    found = {
        name: _property(schema, f"{event_type}.data.{name}")
        for version in event_schemas(event_type).values()
        for name, schema in version["properties"]["data"]["properties"].items()
    }
    return tuple(found.values())


def _property(schema: dict[str, Any], where: str) -> Property:
    check_class(schema.get(PERSONAL), where)
    if not schema.get("description"):
        raise ValueError(f"{where} has no description")
    return Property(
        name=where.rpartition(".")[2],
        type=_type(schema),
        description=schema["description"],
        personal=schema[PERSONAL],
        rules=tuple(part(ColumnRule, rule, where) for rule in schema.get(RULES, ())),
    )


def _type(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", ())
    if "string" in kinds:
        return TIMESTAMP if schema.get("format") == "date-time" else TEXT
    return BIGINT if "integer" in kinds else "double"
