"""All rules of a dataset, and the names under which people see them."""

from __future__ import annotations

from datetime import datetime

from contracts import tables, topics
from contracts.tables import TableSpec
from contracts.topics import TopicSpec
from ingestion.quality.event_rules import event_rules
from ingestion.quality.freshness import freshness_rules
from ingestion.quality.rules import QualityRule
from ingestion.quality.table_rules import row_rules


def contract(dataset: str) -> TableSpec | TopicSpec | None:
    """The contract of a landed dataset, whatever its source is called; None if it has none now."""
    return topics.of_dataset(dataset) or tables.of_dataset(dataset)


def table_suite(spec: TableSpec, now: datetime) -> tuple[QualityRule, ...]:
    """Rules for the rows of a table that are not deleted; keys and volume come apart."""
    return (*row_rules(spec, now), *freshness_rules(spec.stale_after_days))


def topic_suite(spec: TopicSpec) -> tuple[QualityRule, ...]:
    """Rules for all messages of a topic; volume comes apart."""
    return freshness_rules(spec.stale_after_days)


def event_suites(spec: TopicSpec, now: datetime) -> dict[str, tuple[QualityRule, ...]]:
    """Event type → its rules."""
    return {name: event_rules(name, now) for name in spec.types}
