"""Build quality rules from the rules that a contract declares for its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from contracts.columns import DATE, Column, ColumnRule
from contracts.event_types import Property
from ingestion.quality.rules import (
    Limit,
    QualityRule,
    at_least,
    between,
    graded,
    in_set,
    mostly_unique,
    never_null,
    not_null,
)


def declared_rules(column: Column | Property, now: datetime) -> Iterator[QualityRule]:
    """Build the rules of a table column or an event property.

    Args:
        column: Contract of the column.
        now: Time of the validation.
    """
    for rule in column.rules:
        if rule.check == "not_null" and rule.severity == "error":
            yield never_null(column.name, rule.why)
            continue
        made = _CHECKS[rule.check](column, rule, now)
        if rule.severity == "graded":
            yield from graded(made)
        else:
            yield replace(made, severity=rule.severity)


def _not_null(column: Column | Property, rule: ColumnRule, _: datetime) -> QualityRule:
    return not_null(column.name, rule.why)


def _unique(column: Column | Property, rule: ColumnRule, _: datetime) -> QualityRule:
    return mostly_unique((column.name,), rule.mostly, rule.why)


def _one_of(column: Column | Property, rule: ColumnRule, _: datetime) -> QualityRule:
    return in_set(column.name, rule.values, rule.why)


def _between(column: Column | Property, rule: ColumnRule, now: datetime) -> QualityRule:
    low: Limit | None = rule.minimum if rule.above is None else rule.above
    high: Limit | None = None
    if rule.first_day is not None and rule.days_ahead is not None:
        low, high = rule.first_day, (now + timedelta(rule.days_ahead)).date()
        if column.type != DATE:
            low, high = _midnight(low), _midnight(high)
    strict = rule.above is not None
    return between(column.name, low, high, rule.mostly, rule.why, strict=strict)


def _at_least(column: Column | Property, rule: ColumnRule, _: datetime) -> QualityRule:
    assert rule.other is not None  # noqa: S101 - the contract refuses a rule without it
    return at_least(column.name, rule.other, rule.mostly, rule.why)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


_CHECKS: dict[str, Callable[[Column | Property, ColumnRule, datetime], QualityRule]] = {
    "not_null": _not_null,
    "unique": _unique,
    "one_of": _one_of,
    "between": _between,
    "at_least": _at_least,
}
