"""Checks that hold for any table of a release: keys and parents. `privacy.scan` checks privacy."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from core import sql
from core.errors import AffiliateError
from privacy.scan import Location
from serving.artefacts import ReleaseTable
from serving.manifest import TableEntry


def check_keys(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[ReleaseTable], location: Location
) -> None:
    """Checks that keys are complete and unique and that parents exist, within each group.

    Raises:
        AffiliateError: names the table and the number of rows.
    """
    keys = {table.name: table.key for table in tables}
    for table in tables:
        _check_key(connection, table, location)
        for column, parent in table.parents.items():
            _check_parent(connection, location, table.name, column, parent, keys[parent])


def describe_tables(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[ReleaseTable], location: Location
) -> dict[str, TableEntry]:
    """Row count, key and fingerprint of each table."""
    return {
        table.name: next(iter(describe_groups(connection, table, location).values()))
        for table in tables
    }


def describe_groups(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, location: Location
) -> dict[tuple[object, ...], TableEntry]:
    """The same for each group of one table; group columns are not part of the fingerprint."""
    groups = sql.names(location.groups)
    source = location.of(table.name)
    fields = ", ".join(
        f"{sql.text(column)}: {sql.name(column)}"
        for column in sql.columns(connection, source)
        if column not in location.groups
    )
    found = connection.execute(
        f"SELECT {groups}{', ' if groups else ''} count(*), "
        f"bit_xor(md5_number(CAST({{{fields}}} AS VARCHAR))) FROM {source}"
        + (f" GROUP BY {groups}" if groups else "")
    ).fetchall()
    return {
        tuple(row[:-2]): TableEntry(row[-2], table.key, f"{row[-1] or 0:032x}") for row in found
    }


def _check_key(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, location: Location
) -> None:
    incomplete = " OR ".join(f"{sql.name(column)} IS NULL" for column in table.key)
    source = location.of(table.name)
    if rows := sql.number(connection, f"SELECT count(*) FROM {source} WHERE {incomplete}"):
        raise AffiliateError(f"table {table.name}: {rows} rows without {', '.join(table.key)}")
    repeated = sql.number(
        connection,
        f"SELECT count(*) FROM (SELECT 1 FROM {source} "
        f"GROUP BY {sql.names((*location.groups, *table.key))} HAVING count(*) > 1)",
    )
    if repeated:
        raise AffiliateError(
            f"table {table.name}: {repeated} values of {', '.join(table.key)} are not unique"
        )


def _check_parent(
    connection: duckdb.DuckDBPyConnection,
    location: Location,
    table: str,
    column: str,
    parent: str,
    parent_key: tuple[str, ...],
) -> None:
    same_group = " AND ".join(f"p.{sql.name(g)} = c.{sql.name(g)}" for g in location.groups)
    query = sql.load(
        __package__,
        "orphans",
        child=location.of(table),
        child_column=sql.name(column),
        parent=location.of(parent),
        parent_column=sql.name(parent_key[0]),
        is_same_group=same_group or "true",
    )
    orphans = sql.number(connection, query)
    if orphans:
        raise AffiliateError(f"table {table}: {column} of {orphans} rows is missing in {parent}")
