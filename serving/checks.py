"""What the tables of a release must satisfy whatever is in them.

Privacy is checked in `privacy.scan`.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from core import sql
from core.errors import AffiliateError
from privacy.scan.location import Location
from serving.artefacts import ReleaseTable
from serving.manifest import TableEntry


def check_keys(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[ReleaseTable], place: Location
) -> None:
    """Every key is complete and unique, and every parent exists, within each group.

    Raises:
        AffiliateError: which table and how many rows.
    """
    keys = {table.name: table.key for table in tables}
    for table in tables:
        _check_key(connection, table, place)
        for column, parent in table.parents.items():
            _check_parent(connection, place, table.name, column, parent, keys[parent])


def describe_tables(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[ReleaseTable], place: Location
) -> dict[str, TableEntry]:
    """Rows, key and fingerprint of each table."""
    return {
        table.name: next(iter(describe_groups(connection, table, place).values()))
        for table in tables
    }


def describe_groups(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, place: Location
) -> dict[tuple[object, ...], TableEntry]:
    """The same of one table by group; the fingerprint leaves out the columns of the groups."""
    groups = sql.names(place.groups)
    source = place.of(table.name)
    fields = ", ".join(
        f"{sql.text(column)}: {sql.name(column)}"
        for column in sql.columns(connection, source)
        if column not in place.groups
    )
    found = connection.execute(
        f"SELECT {groups}{', ' if groups else ''} count(*), "
        f"bit_xor(md5_number(CAST({{{fields}}} AS VARCHAR))) FROM {source}"
        + (f" GROUP BY {groups}" if groups else "")
    ).fetchall()
    return {
        tuple(row[:-2]): TableEntry(row[-2], table.key, f"{row[-1] or 0:032x}") for row in found
    }


def _check_key(connection: duckdb.DuckDBPyConnection, table: ReleaseTable, place: Location) -> None:
    incomplete = " OR ".join(f"{sql.name(column)} IS NULL" for column in table.key)
    source = place.of(table.name)
    if rows := sql.number(connection, f"SELECT count(*) FROM {source} WHERE {incomplete}"):
        raise AffiliateError(f"table {table.name}: {rows} rows without {', '.join(table.key)}")
    repeated = sql.number(
        connection,
        f"SELECT count(*) FROM (SELECT 1 FROM {source} "
        f"GROUP BY {sql.names((*place.groups, *table.key))} HAVING count(*) > 1)",
    )
    if repeated:
        raise AffiliateError(
            f"table {table.name}: {repeated} values of {', '.join(table.key)} are not unique"
        )


def _check_parent(
    connection: duckdb.DuckDBPyConnection,
    place: Location,
    table: str,
    column: str,
    parent: str,
    parent_key: tuple[str, ...],
) -> None:
    same_group = "".join(f" AND p.{sql.name(g)} = t.{sql.name(g)}" for g in place.groups)
    orphans = sql.number(
        connection,
        f"SELECT count(*) FROM {place.of(table)} t ANTI JOIN {place.of(parent)} p "
        f"ON p.{sql.name(parent_key[0])} = t.{sql.name(column)}{same_group} "
        f"WHERE t.{sql.name(column)} IS NOT NULL",
    )
    if orphans:
        raise AffiliateError(f"table {table}: {orphans} rows whose {column} is in no {parent}")
