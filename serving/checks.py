"""What a release file must satisfy whatever is in it; privacy is checked in `serving.privacy`."""

from __future__ import annotations

import duckdb

from ingestion.errors import AffiliateError
from serving import sql
from serving.artefacts import Artefact, ReleaseTable
from serving.cut import RELEASE, SCHEMA
from serving.manifest import TableEntry


def check_keys(connection: duckdb.DuckDBPyConnection, artefact: Artefact) -> None:
    """Every key is complete and unique, and every parent exists.

    Raises:
        AffiliateError: which table and how many rows.
    """
    keys = {table.name: table.key for table in artefact.tables}
    for table in artefact.tables:
        _check_key(connection, table)
        for column, parent in table.parents.items():
            _check_parent(connection, table, column, parent, keys[parent])


def describe_tables(
    connection: duckdb.DuckDBPyConnection, artefact: Artefact
) -> dict[str, TableEntry]:
    """Rows, key and fingerprint of each table of the file."""
    entries = {}
    for table in artefact.tables:
        row = connection.execute(
            f"SELECT count(*), bit_xor(md5_number(CAST(t AS VARCHAR))) FROM {_of(table.name)} t"
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate has one row
        entries[table.name] = TableEntry(row[0], table.key, f"{row[1] or 0:032x}")
    return entries


def _of(table: str) -> str:
    return f"{RELEASE}.{SCHEMA}.{sql.name(table)}"


def _check_key(connection: duckdb.DuckDBPyConnection, table: ReleaseTable) -> None:
    incomplete = " OR ".join(f"{sql.name(column)} IS NULL" for column in table.key)
    if rows := sql.number(connection, f"SELECT count(*) FROM {_of(table.name)} WHERE {incomplete}"):
        raise AffiliateError(f"table {table.name}: {rows} rows without {', '.join(table.key)}")
    repeated = sql.number(
        connection,
        f"SELECT count(*) FROM (SELECT 1 FROM {_of(table.name)} "
        f"GROUP BY {sql.names(table.key)} HAVING count(*) > 1)",
    )
    if repeated:
        raise AffiliateError(
            f"table {table.name}: {repeated} values of {', '.join(table.key)} are not unique"
        )


def _check_parent(
    connection: duckdb.DuckDBPyConnection,
    table: ReleaseTable,
    column: str,
    parent: str,
    parent_key: tuple[str, ...],
) -> None:
    orphans = sql.number(
        connection,
        f"SELECT count(*) FROM {_of(table.name)} WHERE {sql.name(column)} IS NOT NULL "
        f"AND {sql.name(column)} NOT IN (SELECT {sql.name(parent_key[0])} FROM {_of(parent)})",
    )
    if orphans:
        raise AffiliateError(f"table {table.name}: {orphans} rows whose {column} is in no {parent}")
