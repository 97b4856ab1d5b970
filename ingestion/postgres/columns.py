"""SQL to transfer a column from PostgreSQL to DuckDB without changing values.

DuckDB's reader turns numeric NaN into 0, numeric without precision into a lossy double, and
timestamps near the end of PostgreSQL's range into others. Only lossless types are therefore sent
natively; all others are sent as PostgreSQL's text. Unsupported values of native types become null
and are listed in `_issues`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core import sql

#: Lossless source types, as returned by `format_type` → their type in DuckDB.
NATIVE = {
    "boolean": "boolean",
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "real": "real",
    "double precision": "double",
    "text": "text",
    "uuid": "uuid",
    "bytea": "blob",
    "date": "date",
}
NUMERIC = re.compile(r"numeric\((\d+),(-?\d+)\)")
TIMES = re.compile(r"timestamp(?:\(\d\))? (with|without) time zone")
STRINGS = re.compile(r"character varying(\(\d+\))?")
MOST_DIGITS = 38

#: Type in DuckDB → predicate for values that DuckDB would change silently. A 64-bit count of
#: microseconds ends in January 294247.
_UNFIT = {
    "decimal": "{0} = 'NaN'",
    "date": "not isfinite({0})",
    "timestamp": "(not isfinite({0}) or {0} >= '294247-01-01 00:00:00')",
    "timestamptz": "(not isfinite({0}) or {0} >= '294247-01-01 00:00:00+00')",
}


@dataclass(frozen=True)
class SourceColumn:
    """A column of a source table.

    Attributes:
        name: Name in the source and in landed files.
        kind: Type in the source, as returned by `format_type`.
        landed: DuckDB type in landed files.
    """

    name: str
    kind: str
    landed: str

    @property
    def sent(self) -> str:
        """PostgreSQL SQL that selects the column."""
        name = sql.name(self.name)
        return name if native_type(self.kind) else f"{name}::text as {name}"

    @property
    def unfit(self) -> str | None:
        """PostgreSQL predicate for values that DuckDB would change."""
        test = _UNFIT.get((native_type(self.kind) or "").partition("(")[0])
        return test.format(sql.name(self.name)) if test else None

    @property
    def taken(self) -> str:
        """DuckDB SQL for the column in its landed type; null if `_issues` lists it."""
        name = sql.name(self.name)
        if not self.unfit:
            return f"{name}::{self.landed} as {name}"
        named = f"contains(',' || _issues, {sql.text(f',{self.name}=')})"
        return f"case when _issues is null or not {named} then {name}::{self.landed} end as {name}"

    @property
    def absent(self) -> str:
        """DuckDB SQL for the column in a delete."""
        return f"null::{self.landed} as {sql.name(self.name)}"


def native_type(kind: str) -> str | None:
    """Return DuckDB's type for a lossless source type, or None for all others."""
    if match := NUMERIC.fullmatch(kind):
        digits, scale = int(match[1]), int(match[2])
        return f"decimal({digits},{scale})" if 0 <= scale <= digits <= MOST_DIGITS else None
    if match := TIMES.fullmatch(kind):
        return "timestamptz" if match[1] == "with" else "timestamp"
    return "text" if STRINGS.fullmatch(kind) else NATIVE.get(kind)


def unexpected_column(name: str, kind: str) -> SourceColumn:
    """Return a column that is not in the contract, with a type that keeps its values."""
    return SourceColumn(name, kind, native_type(kind) or "text")


def issues(columns: tuple[SourceColumn, ...]) -> str:
    """Return PostgreSQL SQL for the list of unsupported values as `column=value`, or null.

    It tests the whole row first, because almost all rows have no unsupported value.
    """
    guarded = [(column, column.unfit) for column in columns if column.unfit]
    if not guarded:
        return "null::text as _issues"
    named = ", ".join(
        f"case when {test} then {sql.text(f'{column.name}=')} || {sql.name(column.name)}::text end"
        for column, test in guarded
    )
    any_unfit = " or ".join(test for _, test in guarded if test)
    return f"case when {any_unfit} then concat_ws(',', null, {named}) end as _issues"
