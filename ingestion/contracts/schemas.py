"""The JSON Schema of each event type, from the files in `events/`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

VERSION = "v1"


@cache
def event_schema(event_type: str) -> dict[str, Any]:
    """Schema of an event type, its references resolved.

    A schema with a reference requires what both say; where both describe a property, both hold.
    """
    return _resolved(_read(f"{event_type}.{VERSION}.json"))


def _read(name: str) -> dict[str, Any]:
    text = (files("ingestion.contracts") / "events" / name).read_text()
    schema: dict[str, Any] = json.loads(text)
    return schema


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in schema.items() if name not in ("$ref", "properties")}
    properties = {name: _resolved(part) for name, part in schema.get("properties", {}).items()}
    if properties:
        own["properties"] = properties
    return _both(_resolved(_read(schema["$ref"])), own) if "$ref" in schema else own


def _both(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Two schemas as one; a keyword of `own` may add to `base` but not contradict it."""
    merged = {**base, **own}
    if "required" in base:
        merged["required"] = [*base["required"], *own.get("required", [])]
    if "properties" in base:
        parts = own.get("properties", {})
        merged["properties"] = {
            **{name: _both(part, parts.get(name, {})) for name, part in base["properties"].items()},
            **{name: part for name, part in parts.items() if name not in base["properties"]},
        }
    return merged
