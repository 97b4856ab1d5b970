"""Whether two warehouses hold the same marts: a number per table, whatever its rows' order."""

from __future__ import annotations

from collections.abc import Mapping

from core.settings import Settings
from warehouse.connection import ALIAS, open_warehouse

MARTS = ("marts", "own")
#: Per `schema.table` the names and types of its columns, as DuckDB has them.
Columns = Mapping[str, list[tuple[str, str]]]


def columns_of_marts(settings: Settings) -> Columns:
    """The marts of a DuckDB warehouse."""
    found: dict[str, list[tuple[str, str]]] = {}
    with open_warehouse(settings, read_only=True) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
            f"where database_name = '{ALIAS}' and schema_name in {MARTS} order by 1, column_index"
        ).fetchall()
    for relation, column, kind in rows:
        found.setdefault(relation, []).append((column, kind))
    return found


def hashes(settings: Settings, columns: Columns) -> dict[str, tuple[int, int]]:
    """Number of rows and sum of their hashes, per table.

    Args:
        settings: Of either engine's warehouse.
        columns: What to read, in these types: PostgreSQL's lists come as JSON.
    """
    found = {}
    with open_warehouse(settings, read_only=True) as connection:
        for relation, typed in columns.items():
            values = ", ".join(_value(column, kind) for column, kind in typed)
            found[relation] = connection.execute(
                f"select count(*), coalesce(sum(hash(row({values}))::hugeint), 0) "
                f"from {ALIAS}.{relation}"
            ).fetchall()[0]
    return found


def _value(column: str, kind: str) -> str:
    if kind.endswith("[]"):
        return f"cast(cast({column} as json) as {kind})"
    return f"cast({column} as {kind})"
