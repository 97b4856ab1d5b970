"""What a topic's events must keep: per type and version a schema, alike ones only once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable

from contracts.schemas import ANNOTATIONS, EVENTS, Schema, event_schemas
from contracts.topics import TopicSpec

TYPE, VERSION = "type", "dataschema"
#: `dataschema` names a version at its end: `…/deal/v2`, `DealOpened.v2`, `deal.v2.json`.
NAMES_VERSION = r"[./]v([1-9][0-9]{0,8})(?:[.]json)?$"


@dataclass(frozen=True)
class SchemaRule:
    """A schema, and the types that keep it in one version."""

    types: tuple[str, ...]
    version: int
    schema: Schema


def rules(topic: TopicSpec, folder: Traversable = EVENTS) -> list[SchemaRule]:
    """The rules of a topic; types whose schemas differ in the type alone share one.

    Args:
        topic: The contract.
        folder: Where the schemas are.
    """
    alike: list[SchemaRule] = []
    for name in topic.types:
        for version, schema in event_schemas(name, folder).items():
            bare = _without_type(schema)
            known = next((r for r in alike if (r.version, r.schema) == (version, bare)), None)
            if known:
                alike.remove(known)
            alike.append(SchemaRule((*(known.types if known else ()), name), version, bare))
    return alike


def _without_type(schema: Schema) -> Schema:
    """The schema without what differs from type to type; the type itself selects the rule."""
    bare = _bare(schema)
    return {**bare, "properties": {**bare["properties"], TYPE: {"type": "string"}}}


def _bare(schema: Schema) -> Schema:
    """The schema without what only describes it."""
    kept = {key: value for key, value in schema.items() if key not in (*ANNOTATIONS, "$ref")}
    if "properties" in kept:
        kept["properties"] = {name: _bare(part) for name, part in kept["properties"].items()}
    return kept
