"""What a rule is: one expectation on one or more columns, its severity, and why it has it.

A rule is data. Great Expectations is told about it in `evaluate`, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

#: An `error` keeps the batch out of the build; a `warning` is shown and nothing else.
Severity = Literal["error", "warning"]
#: What people ask about a batch; each is one check in the UI.
Kind = Literal["keys", "formats", "ranges", "values", "volume", "freshness"]
Limit = int | float | date | datetime

#: A share of fewer rows says nothing: one bad row of two must not stop a run.
LEAST_ROWS = 100
#: Less than this share of good values is no dirt any more, it is another column or another unit.
HARDLY_ANY = 0.5

NOT_NULL = "ExpectColumnValuesToNotBeNull"
NULL = "ExpectColumnValuesToBeNull"
UNIQUE = "ExpectColumnValuesToBeUnique"
UNIQUE_TOGETHER = "ExpectCompoundColumnsToBeUnique"
MATCHES = "ExpectColumnValuesToMatchRegex"
BETWEEN = "ExpectColumnValuesToBeBetween"
ONE_OF = "ExpectColumnValuesToBeInSet"
AT_LEAST = "ExpectColumnPairValuesAToBeGreaterThanB"
ROW_COUNT = "ExpectTableRowCountToBeBetween"
LOWEST = "ExpectColumnMinToBeBetween"
#: They measure the batch as a whole: there is no share of good rows.
WHOLE_TABLE = frozenset({ROW_COUNT, LOWEST})


@dataclass(frozen=True)
class QualityRule:
    """One expectation.

    Attributes:
        kind: Which question it answers.
        expectation: Class in `great_expectations.expectations`.
        columns: What it looks at; none is the whole table.
        severity: What a failure does.
        why: One line for people: what a failure means.
        mostly: Least share of good rows among those that have a value.
        needs_rows: The rule does not apply to batches with fewer rows.
        arguments: Further arguments of the expectation.
    """

    kind: Kind
    expectation: str
    columns: tuple[str, ...]
    severity: Severity
    why: str
    mostly: float = 1.0
    needs_rows: int = 0
    arguments: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < self.mostly <= 1:
            raise ValueError(f"{self.name}: mostly is a share above 0, up to 1")
        if not self.why:
            raise ValueError(f"{self.name}: say why")

    @property
    def name(self) -> str:
        """Expectation and columns, for people and logs."""
        return f"{self.expectation}({', '.join(self.columns)})"


def never_null(column: str, why: str) -> QualityRule:
    """An error at the first null."""
    return QualityRule("keys", NOT_NULL, (column,), "error", why)


def unique(columns: tuple[str, ...], why: str) -> QualityRule:
    """An error at the first repetition."""
    expectation = UNIQUE if len(columns) == 1 else UNIQUE_TOGETHER
    return QualityRule("keys", expectation, columns, "error", why)


def mostly_unique(columns: tuple[str, ...], mostly: float, why: str) -> QualityRule:
    """A warning when more than a share of the rows repeats another."""
    expectation = UNIQUE if len(columns) == 1 else UNIQUE_TOGETHER
    return QualityRule("keys", expectation, columns, "warning", why, mostly)


def not_null(column: str, why: str) -> QualityRule:
    """A warning at the first null."""
    return QualityRule("values", NOT_NULL, (column,), "warning", why)


def shaped(column: str, pattern: str, mostly: float, why: str) -> QualityRule:
    """A warning when too few values fully match a pattern: people type what they like."""
    return QualityRule("formats", MATCHES, (column,), "warning", why, mostly, 0, {"regex": pattern})


def between(
    column: str,
    low: Limit | None,
    high: Limit | None,
    mostly: float,
    why: str,
    *,
    strict: bool = False,
) -> QualityRule:
    """A warning when too few values lie between the limits; `strict` leaves out the low one."""
    limits: dict[str, Any] = {"min_value": low, "max_value": high}
    if strict:
        limits["strict_min"] = True
    return QualityRule("ranges", BETWEEN, (column,), "warning", why, mostly, 0, limits)


def in_set(column: str, allowed: tuple[str, ...], why: str) -> QualityRule:
    """A warning at the first value outside the list."""
    return QualityRule(
        "values", ONE_OF, (column,), "warning", why, arguments={"value_set": list(allowed)}
    )


def at_least(greater: str, smaller: str, mostly: float, why: str) -> QualityRule:
    """A warning when in too many rows one column is below another."""
    arguments = {"or_equal": True, "ignore_row_if": "either_value_is_missing"}
    return QualityRule("ranges", AT_LEAST, (greater, smaller), "warning", why, mostly, 0, arguments)


def graded(rule: QualityRule) -> tuple[QualityRule, ...]:
    """The rule, and as an error when hardly any row of a batch that says something keeps it."""
    return rule, replace(rule, severity="error", mostly=HARDLY_ANY, needs_rows=LEAST_ROWS)
