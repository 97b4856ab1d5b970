"""All rules of a dataset, and the names under which people see them."""

from __future__ import annotations

from datetime import datetime

from contracts.tables import TABLES, TableSpec
from contracts.topics import TOPICS, TopicSpec
from ingestion.quality import event_rules, table_rules
from ingestion.quality.freshness import freshness_rules
from ingestion.quality.rules import Rule

_TABLES = {spec.qualified: spec for spec in TABLES}
_TOPICS = {spec.dataset: spec for spec in TOPICS}


def contract(dataset: str) -> TableSpec | TopicSpec | None:
    """The contract of a landed dataset, whatever its source is called; None if it has none now."""
    table = dataset.partition("@")[0].partition("/")[2]
    return _TOPICS.get(dataset) or _TABLES.get(table)


def table_suite(spec: TableSpec, now: datetime) -> tuple[Rule, ...]:
    """Rules for the rows of a table that are not deleted; keys and volume come apart."""
    stale = table_rules.STALE_DAYS.get(spec.qualified)
    return (*table_rules.row_rules(spec, now), *freshness_rules(stale))


def topic_suite(spec: TopicSpec) -> tuple[Rule, ...]:
    """Rules for all messages of a topic; volume comes apart."""
    return freshness_rules(event_rules.STALE_DAYS.get(spec.name))


def event_suites(spec: TopicSpec) -> dict[str, tuple[Rule, ...]]:
    """Event type → its rules."""
    return {name: event_rules.event_rules(name) for name in spec.types}
