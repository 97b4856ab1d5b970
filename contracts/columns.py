"""A column of a source table, and the rules that its values should keep.

Types are the ones of the warehouse's raw tables and are valid in DuckDB and PostgreSQL alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from contracts.personal import NONE, check_class

BIGINT, INTEGER, TEXT, BOOLEAN = "bigint", "integer", "text", "boolean"
MONEY, DATE, TIMESTAMP = "decimal(18,2)", "date", "timestamptz"
TYPES = (BIGINT, INTEGER, TEXT, BOOLEAN, MONEY, DATE, TIMESTAMP)
#: In a contract: a text that holds JSON.
JSON = "json"

Check = Literal["not_null", "unique", "one_of", "between", "at_least"]
#: What a violation does. `error` keeps the batch out of the build, `warning` is only shown, and
#: `graded` warns until most rows of a batch are wrong, which is an error.
Severity = Literal["error", "warning", "graded"]


@dataclass(frozen=True)
class ColumnRule:
    """One rule for the values of a column.

    Attributes:
        check: What is checked.
        why: What a violation means, one line for people.
        severity: What a violation does.
        mostly: Smallest share of good values.
        values: `one_of`: the allowed values.
        minimum: `between`: the smallest allowed value.
        above: `between`: a value that all others exceed.
        first_day: `between` dates or times: the first plausible day.
        days_ahead: `between` dates or times: how many days they may lie in the future.
        other: `at_least`: the column that must not be greater.
    """

    check: Check
    why: str
    severity: Severity = "graded"
    mostly: float = 1.0
    values: tuple[str, ...] = ()
    minimum: float | None = None
    above: float | None = None
    first_day: date | None = None
    days_ahead: int | None = None
    other: str | None = None

    def __post_init__(self) -> None:
        if self.check not in get_args(Check):
            raise ValueError(f"no such check: {self.check}; there are {', '.join(get_args(Check))}")
        if self.severity not in get_args(Severity):
            raise ValueError(f"no such severity: {self.severity}")
        limits = (self.minimum, self.above, self.first_day)
        complete = {
            "not_null": self.severity != "warning",
            "unique": self.severity == "warning",
            "one_of": bool(self.values),
            "between": sum(limit is not None for limit in limits) == 1
            and (self.first_day is None) == (self.days_ahead is None),
            "at_least": self.other is not None,
        }
        if not complete[self.check] or not self.why:
            raise ValueError(f"the rule {self.check} is incomplete or contradicts itself")


@dataclass(frozen=True)
class Column:
    """One column of a source table.

    Attributes:
        name: In the source, in landed files and in the raw table.
        type: Raw type.
        description: What it means, one line for people.
        personal: Its class of personal data, one of `contracts.personal.CLASSES`.
        is_json: Whether it is text that holds JSON.
        vocabulary: Whether its values are words of the trade that releases contain, such as
            brands: a name that is also such a word is not searched for.
        rules: What its values should keep.
    """

    name: str
    type: str
    description: str
    personal: str
    is_json: bool = False
    vocabulary: bool = False
    rules: tuple[ColumnRule, ...] = ()

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"{self.name}: {self.type!r} is no type; there are {', '.join(TYPES)}")
        if not self.description:
            raise ValueError(f"{self.name} has no description")
        check_class(self.personal, self.name)


#: Columns that every ingested table has; contracts do not repeat them.
AUDIT = (
    Column("created_at", TIMESTAMP, "Time at which the source created the row.", NONE),
    Column("updated_at", TIMESTAMP, "Time at which the source last changed the row.", NONE),
)
#: Columns that the platform adds to every landed row; they are not personal data.
PLATFORM = ("_op", "_source", "_xid", "_seq")
