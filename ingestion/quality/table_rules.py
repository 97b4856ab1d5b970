"""The rules of an OLTP table: those that follow from its types, and those its contract declares.

Errors are what the contract excludes or what no source does by accident: a key that is null or
repeated, a row of no affiliate, a column with something else altogether. Everything a person or one
bad import can cause is a warning, because one odd row must not stop all numbers.
"""

from __future__ import annotations

from datetime import datetime

from contracts.tables import MONEY, TableSpec
from ingestion.quality.declared import declared
from ingestion.quality.formats import formats
from ingestion.quality.rules import (
    NULL,
    QualityRule,
    between,
    graded,
    never_null,
    not_null,
    unique,
)

_OWNER = "affiliate_id"


def key_rules(spec: TableSpec) -> tuple[QualityRule, ...]:
    """Rules for the key, which deleted rows have too."""
    why = "the newest version of a row is unknown: the reader or the source's key is broken"
    nulls = (never_null(column, why) for column in spec.primary_key)
    return (*nulls, unique(spec.primary_key, why))


def row_rules(spec: TableSpec, now: datetime) -> tuple[QualityRule, ...]:
    """Rules for the columns of rows that are not deleted.

    Args:
        spec: The contract.
        now: The instant of the review.
    """
    names = tuple(column.name for column in spec.columns)
    rules: list[QualityRule] = []
    if _OWNER in names and _OWNER not in spec.primary_key:
        rules.append(never_null(_OWNER, "a row of no affiliate may be shown to none"))
    rules += formats(names)
    for column in spec.columns:
        if column.type == MONEY:
            rules += graded(between(column.name, 0, None, 0.99, "amounts are not negative"))
    for column in spec.columns:
        rules += declared(column, now)
    rules += graded(not_null("updated_at", "the row's version has no time"))
    issues = "values that are not a number or not a date arrived as null"
    rules += graded(QualityRule("values", NULL, ("_issues",), "warning", issues, 0.99))
    return tuple(rules)
