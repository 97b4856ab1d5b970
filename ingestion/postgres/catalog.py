"""The SELECT list of a table: what its contract names, checked against PostgreSQL's catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingestion.contracts.tables import (
    BIGINT,
    BOOLEAN,
    DATE,
    INTEGER,
    MONEY,
    TEXT,
    TIMESTAMP,
    TableSpec,
)
from ingestion.errors import AffiliateError
from ingestion.postgres.source import Source
from ingestion.warehouse.connection import quote

#: Raw type → source types it holds without loss, as `format_type` spells them.
EXACT = {
    BIGINT: r"smallint|integer|bigint",
    INTEGER: r"smallint|integer",
    BOOLEAN: r"boolean",
    DATE: r"date",
    TIMESTAMP: r"timestamp(\(\d\))? with time zone",
    MONEY: r"numeric\((\d+),(\d+)\)",
}
#: Text takes strings and enumerations, and these.
TEXTUAL = {"json", "jsonb", "uuid"}
MONEY_DIGITS, MONEY_SCALE = 18, 2


class TableError(AffiliateError):
    """One table cannot be read as its contract says; the others can."""


@dataclass(frozen=True)
class SourceTable:
    """A table that fits its contract.

    Attributes:
        spec: The contract.
        oid: Identity of the table; another one under the same name is another table.
        types: Column → its type in the source, in the contract's order.
        surplus: Columns the contract does not name.
    """

    spec: TableSpec
    oid: int
    types: dict[str, str]
    surplus: tuple[str, ...]

    @property
    def name(self) -> str:
        """Quoted name, for SQL."""
        return f"{identifier(self.spec.schema)}.{identifier(self.spec.name)}"

    @property
    def select_list(self) -> str:
        """The contract's columns in its types, and `_issues` for what those cannot hold."""
        issues = ", ".join(
            f"case when {_unfit(column, raw)} then '{column}=' || {identifier(column)}::text end"
            for column, raw in self.spec.all_columns
            if raw in UNFIT
        )
        columns = ", ".join(_expression(column, raw) for column, raw in self.spec.all_columns)
        return f"{columns}, nullif(concat_ws(',', null, {issues}), '') as _issues"


#: Values of a raw type that DuckDB or Parquet would silently turn into something else. The last
#: second a 64-bit count of microseconds holds is in January 294247.
UNFIT = {
    MONEY: "{0} = 'NaN'",
    DATE: "not isfinite({0})",
    TIMESTAMP: "(not isfinite({0}) or {0} >= '294247-01-01 00:00:00+00')",
}


def find_table(source: Source, spec: TableSpec) -> SourceTable:
    """Looks the table up and compares it with its contract.

    Raises:
        TableError: the table or a column is missing, has another type, or may not be read.
    """
    query = f"""
    select c.oid::bigint, a.attname::text, format_type(a.atttypid, a.atttypmod) as type,
        t.typcategory::text as category, a.attnum > 0 as is_own,
        has_column_privilege(c.oid, a.attnum, 'select') as is_readable
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    join pg_type as t on t.oid = a.atttypid
    where c.oid = to_regclass('{quote(identifier(spec.schema) + "." + identifier(spec.name))}')
        and not a.attisdropped and (a.attnum > 0 or a.attname = 'xmin')
    order by a.attnum
    """
    rows = source.rows(query)
    if not rows:
        raise TableError(f"{spec.qualified} does not exist in the OLTP, or its schema is closed")
    found = {name: (kind, category) for _, name, kind, category, own, _ in rows if own}
    needed = [name for name, _ in spec.all_columns]
    if missing := [name for name in needed if name not in found]:
        raise TableError(f"{spec.qualified}: the OLTP has no column {', '.join(missing)}")
    readable = {name for _, name, _, _, _, is_readable in rows if is_readable}
    if closed := [name for name in ("xmin", *needed) if name not in readable]:
        raise TableError(
            f"{spec.qualified}: the OLTP's role may not read {', '.join(closed)}: "
            f"grant select ({', '.join(closed)}) on {spec.qualified}"
        )
    for name, raw in spec.all_columns:
        if not _fits(raw, *found[name]):
            raise TableError(
                f"{spec.qualified}.{name} has the type {found[name][0]} in the OLTP, which "
                f"{raw} of its contract does not hold: change the contract or the table"
            )
    surplus = tuple(name for name in found if name not in {*needed, *spec.excluded})
    return SourceTable(spec, rows[0][0], {name: found[name][0] for name in needed}, surplus)


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _fits(raw: str, kind: str, category: str) -> bool:
    if raw == TEXT:
        return category in "SE" or kind in TEXTUAL
    match = re.fullmatch(EXACT[raw], kind)
    if match is None or raw != MONEY:
        return match is not None
    digits, scale = int(match[1]), int(match[2])
    return scale <= MONEY_SCALE and digits - scale <= MONEY_DIGITS - MONEY_SCALE


def _unfit(column: str, raw: str) -> str:
    return UNFIT[raw].format(identifier(column))


def _expression(column: str, raw: str) -> str:
    name = identifier(column)
    if raw == MONEY:
        # nullif keeps precision and scale, which a case expression loses
        return f"nullif({name}, 'NaN')::numeric({MONEY_DIGITS},{MONEY_SCALE}) as {name}"
    if raw in UNFIT:
        return f"case when {_unfit(column, raw)} then null else {name} end as {name}"
    return f"{name}::{raw} as {name}"
