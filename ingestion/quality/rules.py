"""Quality rules: an expectation on columns, its severity and the meaning of a failure.

Rules are data. Only `evaluate` translates them to Great Expectations.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

#: An `error` holds the batch for review; a `warning` is only shown.
Severity = Literal["error", "warning"]
#: Kinds of rules; each is one check in the UI.
Kind = Literal["keys", "formats", "ranges", "values", "volume", "freshness"]
Limit = int | float | date | datetime

#: Shares are not meaningful in smaller batches: one bad row of two must not stop a run.
MIN_ROWS = 100
#: A lower share of valid values is an error: the column probably has another meaning or unit.
MIN_VALID_SHARE = 0.5

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
#: Expectations on the batch as a whole, without a share of passing rows.
WHOLE_TABLE = frozenset({ROW_COUNT, LOWEST})


@dataclass(frozen=True)
class QualityRule:
    """One expectation.

    Attributes:
        kind: Check that the rule belongs to.
        expectation: Class in `great_expectations.expectations`.
        columns: Columns to check; empty for a rule on the whole table.
        severity: `error` holds the batch, `warning` does not.
        why: Meaning of a failure, in one line.
        mostly: Minimum share of passing rows among those with a value.
        needs_rows: Minimum number of rows for the rule to apply.
        arguments: Other arguments of the expectation.
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
        """Expectation and columns, for messages."""
        return f"{self.expectation}({', '.join(self.columns)})"


def never_null(column: str, why: str) -> QualityRule:
    """Error if any value is null."""
    return QualityRule("keys", NOT_NULL, (column,), "error", why)


def unique(columns: tuple[str, ...], why: str) -> QualityRule:
    """Error if any key occurs twice."""
    expectation = UNIQUE if len(columns) == 1 else UNIQUE_TOGETHER
    return QualityRule("keys", expectation, columns, "error", why)


def mostly_unique(columns: tuple[str, ...], mostly: float, why: str) -> QualityRule:
    """Warning if less than the share `mostly` of the rows is unique."""
    expectation = UNIQUE if len(columns) == 1 else UNIQUE_TOGETHER
    return QualityRule("keys", expectation, columns, "warning", why, mostly)


def not_null(column: str, why: str) -> QualityRule:
    """Warning if any value is null."""
    return QualityRule("values", NOT_NULL, (column,), "warning", why)


def matches_pattern(column: str, pattern: str, mostly: float, why: str) -> QualityRule:
    """Warning if less than the share `mostly` of the values fully matches a pattern."""
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
    """Warning if too few values are within the limits; `strict` excludes the lower limit."""
    limits: dict[str, Any] = {"min_value": low, "max_value": high}
    if strict:
        limits["strict_min"] = True
    return QualityRule("ranges", BETWEEN, (column,), "warning", why, mostly, 0, limits)


def in_set(column: str, allowed: tuple[str, ...], why: str) -> QualityRule:
    """Warning if any value is not in the list."""
    return QualityRule(
        "values", ONE_OF, (column,), "warning", why, arguments={"value_set": list(allowed)}
    )


def at_least(greater: str, smaller: str, mostly: float, why: str) -> QualityRule:
    """Warning if one column is less than the other in too many rows."""
    arguments = {"or_equal": True, "ignore_row_if": "either_value_is_missing"}
    return QualityRule("ranges", AT_LEAST, (greater, smaller), "warning", why, mostly, 0, arguments)


def graded(rule: QualityRule) -> tuple[QualityRule, ...]:
    """Return the rule, and a copy that is an error if most rows of a large batch fail."""
    return rule, replace(rule, severity="error", mostly=MIN_VALID_SHARE, needs_rows=MIN_ROWS)
