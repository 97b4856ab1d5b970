"""Rule suites of tables, topics and event types."""

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
    """Return the contract of a landed dataset of any source, or None if it has none."""
    return topics.of_dataset(dataset) or tables.of_dataset(dataset)


def table_suite(spec: TableSpec, now: datetime) -> tuple[QualityRule, ...]:
    """Build the rules for the rows of a table, except deletes; without key and volume rules."""
    return (*row_rules(spec, now), *freshness_rules(spec.stale_after_days))


def topic_suite(spec: TopicSpec) -> tuple[QualityRule, ...]:
    """Build the rules for all messages of a topic, without volume rules."""
    return freshness_rules(spec.stale_after_days)


def event_suites(spec: TopicSpec, now: datetime) -> dict[str, tuple[QualityRule, ...]]:
    """Build the rules of each event type of a topic."""
    return {name: event_rules(name, now) for name in spec.types}
