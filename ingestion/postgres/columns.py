"""How a column travels: as PostgreSQL sends it, as DuckDB takes it, and what neither can hold.

DuckDB's reader turns a numeric NaN into 0, a numeric without precision into a lossy double, and
times at the far end of PostgreSQL's range into others. So only types it keeps are sent as they are;
all others as PostgreSQL's own text. Values that the kept types cannot hold become null, and
`_issues` says which they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core import sql

#: Source types that arrive unchanged, as `format_type` spells them → their type in DuckDB.
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

#: Type in DuckDB → predicate on values that would silently become others. The last second a
#: 64-bit count of microseconds holds is in January 294247.
_UNFIT = {
    "decimal": "{0} = 'NaN'",
    "date": "not isfinite({0})",
    "timestamp": "(not isfinite({0}) or {0} >= '294247-01-01 00:00:00')",
    "timestamptz": "(not isfinite({0}) or {0} >= '294247-01-01 00:00:00+00')",
}


@dataclass(frozen=True)
class SourceColumn:
    """One column of a table that is read.

    Attributes:
        name: In the source and in landed files.
        kind: Type in the source, as `format_type` spells it.
        landed: Type in landed files, as DuckDB spells it.
    """

    name: str
    kind: str
    landed: str

    @property
    def sent(self) -> str:
        """SQL for PostgreSQL: the column as it is read."""
        name = sql.name(self.name)
        return name if native_type(self.kind) else f"{name}::text as {name}"

    @property
    def unfit(self) -> str | None:
        """SQL for PostgreSQL: whether the value would become another one."""
        test = _UNFIT.get((native_type(self.kind) or "").partition("(")[0])
        return test.format(sql.name(self.name)) if test else None

    @property
    def taken(self) -> str:
        """SQL for DuckDB: the column in its landed type, null where `_issues` names it."""
        name = sql.name(self.name)
        if not self.unfit:
            return f"{name}::{self.landed} as {name}"
        named = f"contains(',' || _issues, {sql.text(f',{self.name}=')})"
        return f"case when _issues is null or not {named} then {name}::{self.landed} end as {name}"

    @property
    def absent(self) -> str:
        """SQL for DuckDB: the column of a row that is gone."""
        return f"null::{self.landed} as {sql.name(self.name)}"


def native_type(kind: str) -> str | None:
    """DuckDB's type for a source type that arrives unchanged; None for all others."""
    if match := NUMERIC.fullmatch(kind):
        digits, scale = int(match[1]), int(match[2])
        return f"decimal({digits},{scale})" if 0 <= scale <= digits <= MOST_DIGITS else None
    if match := TIMES.fullmatch(kind):
        return "timestamptz" if match[1] == "with" else "timestamp"
    return "text" if STRINGS.fullmatch(kind) else NATIVE.get(kind)


def unexpected_column(name: str, kind: str) -> SourceColumn:
    """A column that no contract names, in the type that keeps its values."""
    return SourceColumn(name, kind, native_type(kind) or "text")


def issues(columns: tuple[SourceColumn, ...]) -> str:
    """SQL for PostgreSQL: `column=value` of every value that does not fit, or null.

    One test for the whole row comes first, because nearly every row passes it.
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
