"""Columns of the raw tables with personal values and with business terms, for the release scan.

Raw tables and not staging: they hold every version that was landed, also of deleted rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from contracts.personal import CLASSES
from contracts.tables import TABLES
from contracts.topics import TOPICS

SEARCHED = tuple(name for name, one in CLASSES.items() if one.is_searched)


@dataclass(frozen=True)
class KnownValues:
    """Where values of a class of personal data stand.

    Attributes:
        raw_table: Table in the warehouse's schema `raw`.
        column: Its column.
        personal: The class.
        field: The field that holds the value, if the column is an event's `data`.
        is_json: Whether the values are those inside a JSON document.
        of_customers: Whether they belong to customers; others belong to affiliates and their users.
    """

    raw_table: str
    column: str
    personal: str
    field: str | None = None
    is_json: bool = False
    of_customers: bool = True


@cache
def personal_values() -> tuple[KnownValues, ...]:
    """Return every column and event property whose values no release may contain, by table."""
    columns = (
        KnownValues(
            spec.raw_table,
            column.name,
            column.personal,
            is_json=column.is_json,
            of_customers=spec.subject is not None,
        )
        for spec in TABLES
        for column in spec.columns
        if column.personal in SEARCHED
    )
    properties = (
        KnownValues(spec.raw_table, "data", one.personal, field=one.name)
        for spec in TOPICS
        for one in spec.properties
        if one.personal in SEARCHED
    )
    return (*columns, *properties)


#: (raw table, column) of words of the trade: a brand that is called like a customer is a brand.
VOCABULARY = tuple(
    (spec.raw_table, column.name) for spec in TABLES for column in spec.columns if column.vocabulary
)
#: (raw table, column) of the times from which the marts date something.
BUSINESS_TIMES = (
    *((spec.raw_table, spec.business_time) for spec in TABLES if spec.business_time),
    *((spec.raw_table, spec.business_time) for spec in TOPICS if spec.business_time),
)
