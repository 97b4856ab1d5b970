"""The JSON Schemas of the event types, from the files in `events/`: `<Type>.v<N>.json`."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

Schema = dict[str, Any]

#: Where the platform's own contracts are.
EVENTS = files("contracts") / "events"
#: What an event keeps that names no version.
FIRST_VERSION = 1
#: Ours: the class of personal data of a property, and rules as contracts of tables have them.
PERSONAL, RULES = "x-personal", "x-rules"
#: Keywords that describe a value and forbid none.
ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", PERSONAL, RULES})


def event_schemas(event_type: str, folder: Traversable = EVENTS) -> dict[int, Schema]:
    """Schemas of an event type by version, references resolved.

    A schema with a reference requires what both say; where both describe a property, both hold.

    Args:
        event_type: CloudEvents type.
        folder: Where the schemas are, with those they refer to.

    Raises:
        ValueError: the type has no schema.
    """
    name = re.compile(rf"{re.escape(event_type)}\.v([1-9][0-9]*)\.json")
    found = {
        int(match[1]): _resolved(folder, _read(folder, file.name))
        for file in folder.iterdir()
        if (match := name.fullmatch(file.name))
    }
    if not found:
        raise ValueError(f"the event type {event_type} has no schema")
    return dict(sorted(found.items()))


def event_schema(event_type: str) -> Schema:
    """Schema of an event that names no version."""
    return event_schemas(event_type)[FIRST_VERSION]


def _read(folder: Traversable, name: str) -> Schema:
    schema: Schema = json.loads((folder / name).read_text())
    return schema


def _resolved(folder: Traversable, schema: Schema) -> Schema:
    own = {name: value for name, value in schema.items() if name not in ("$ref", "properties")}
    parts = schema.get("properties", {})
    properties = {name: _resolved(folder, part) for name, part in parts.items()}
    if properties:
        own["properties"] = properties
    if "$ref" not in schema:
        return own
    return _both(_resolved(folder, _read(folder, schema["$ref"])), own)


def _both(base: Schema, own: Schema) -> Schema:
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
