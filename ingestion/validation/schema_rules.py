"""Schemas of a topic per event type and version; types with equal schemas share one."""

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
    """A schema, and the event types that use it in one version."""

    types: tuple[str, ...]
    version: int
    schema: Schema


def rules(topic: TopicSpec, folder: Traversable = EVENTS) -> list[SchemaRule]:
    """Return the rules of a topic; types whose schemas differ only in the type share one.

    Args:
        topic: Contract of the topic.
        folder: Folder of the schemas.
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
    """Return the schema without the parts that differ by type; the type selects the rule."""
    bare = _bare(schema)
    return {**bare, "properties": {**bare["properties"], TYPE: {"type": "string"}}}


def _bare(schema: Schema) -> Schema:
    """Return the schema without annotations."""
    kept = {key: value for key, value in schema.items() if key not in (*ANNOTATIONS, "$ref")}
    if "properties" in kept:
        kept["properties"] = {name: _bare(part) for name, part in kept["properties"].items()}
    return kept
