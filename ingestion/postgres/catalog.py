"""What PostgreSQL's catalogue says about tables, and which of it a contract lets us read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.tables import TableSpec
from core import sql
from ingestion.postgres.source import SourceConnection

# views have no system columns; a foreign table's are not those of the rows behind it
CATALOGUE = """
select n.nspname::text as schema, c.relname::text as table, c.oid::bigint as oid,
    c.relkind in ('r', 'm') and coalesce(m.amname = 'heap', false) as has_pages,
    c.relkind in ('r', 'm', 'p') as has_versions,
    case when c.relkind in ('r', 'm') then pg_relation_size(c.oid) end
        / current_setting('block_size')::bigint as pages,
    case when c.reltuples >= 1 and c.relkind in ('r', 'm')
        then (pg_table_size(c.oid) / c.reltuples)::bigint end as row_bytes,
    a.attname::text as column, format_type(a.atttypid, a.atttypmod) as type,
    t.typcategory::text as category, a.attnum > 0 as is_own,
    has_column_privilege(c.oid, a.attnum, 'select') as is_readable
from pg_namespace as n
join pg_class as c on c.relnamespace = n.oid
join pg_attribute as a on a.attrelid = c.oid
join pg_type as t on t.oid = a.atttypid
left join pg_am as m on m.oid = c.relam
where has_schema_privilege(n.oid, 'usage') and (n.nspname, c.relname) in ({names})
    and not a.attisdropped and (a.attnum > 0 or a.attname = 'xmin')
order by n.nspname, c.relname, a.attnum
"""


@dataclass(frozen=True)
class CatalogColumn:
    """A column as the catalogue has it.

    Attributes:
        kind: Its type, as `format_type` spells it.
        category: Class of types that PostgreSQL counts the type to.
        is_readable: Whether the role may read it.
    """

    kind: str
    category: str
    is_readable: bool


@dataclass
class CatalogTable:
    """A table as the catalogue has it.

    Attributes:
        oid: Identity of the table; another one under the same name is another table.
        pages: Pages that can be addressed by ctid; 0 when its rows have no usable ctid.
        row_bytes: Mean size of a row with what it stores elsewhere; None when unknown.
        has_versions: Whether `xmin` tells who wrote a row.
        xmin_is_readable: Whether the role may read it.
        columns: Own columns, in order.
    """

    oid: int
    pages: int
    row_bytes: int | None
    has_versions: bool
    xmin_is_readable: bool = False
    columns: dict[str, CatalogColumn] = field(default_factory=dict)


def look_up(source: SourceConnection, specs: Iterable[TableSpec]) -> dict[str, CatalogTable]:
    """Looks the tables up in one query.

    Returns:
        `schema.table` → what the catalogue has; without those that do not exist for the role.
    """
    names = ", ".join(f"({sql.text(spec.schema)}, {sql.text(spec.name)})" for spec in specs)
    found: dict[str, CatalogTable] = {}
    if not names:
        return found
    for row in source.rows(CATALOGUE.format(names=names)):
        schema, name, oid, has_pages, has_versions, pages, row_bytes, *column = row
        table = found.setdefault(
            f"{schema}.{name}",
            CatalogTable(oid, pages if has_pages else 0, row_bytes, has_versions),
        )
        column_name, kind, category, is_own, is_readable = column
        if is_own:
            table.columns[column_name] = CatalogColumn(kind, category, is_readable)
        else:
            table.xmin_is_readable = is_readable
    return found
