"""Quality rules of an OLTP table: those derived from column types, and declared rules.

Errors are violations that the contract excludes or that point to a broken source: a null or
duplicate key, a row without affiliate, a column with a different meaning. Everything that a user or
a single bad import can cause is a warning, because one odd row must not stop the pipeline.
"""

from __future__ import annotations

from datetime import datetime

from contracts.tables import MONEY, TableSpec
from ingestion.quality.declared import declared_rules
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
    """Build the rules for the primary key, which deletes have, too."""
    why = "the newest version of a row is ambiguous: the source's primary key is broken"
    nulls = (never_null(column, why) for column in spec.primary_key)
    return (*nulls, unique(spec.primary_key, why))


def row_rules(spec: TableSpec, now: datetime) -> tuple[QualityRule, ...]:
    """Build the rules for the columns of rows that are not deletes.

    Args:
        spec: Contract of the table.
        now: Time of the validation.
    """
    names = tuple(column.name for column in spec.columns)
    rules: list[QualityRule] = []
    if _OWNER in names and _OWNER not in spec.primary_key:
        rules.append(never_null(_OWNER, "rows without affiliate cannot be released"))
    rules += formats(names)
    for column in spec.columns:
        if column.type == MONEY:
            rules += graded(between(column.name, 0, None, 0.99, "amounts are not negative"))
    for column in spec.columns:
        rules += declared_rules(column, now)
    rules += graded(not_null("updated_at", "row versions have no timestamp"))
    issues = "values that are not valid numbers or dates were landed as null"
    rules += graded(QualityRule("values", NULL, ("_issues",), "warning", issues, 0.99))
    return tuple(rules)
