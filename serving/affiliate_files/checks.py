"""Checks of all affiliates' rows in the stage, before any file is written."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from contracts.tables import CUSTOMERS
from contracts.topics import CUSTOMER_EVENTS
from core import sql
from privacy.scan import Location, PrivacyError, Progress, ScalarColumn, check_rows, scalar_columns
from serving.affiliate_files.stage import FINAL, IDS
from serving.affiliate_files.tables import AFFILIATE_ID, CONTACTS, GROUPS, NO_ID
from serving.artefacts import ReleaseTable
from serving.checks import check_keys
from warehouse.connection import ALIAS

LOCATION = Location(FINAL, GROUPS)


def check_stage(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[ReleaseTable], progress: Progress
) -> list[str]:
    """Runs all checks; `privacy.scan.load_personal_values` must have been called before.

    Returns:
        The names of the checks passed.

    Raises:
        AffiliateError: a key or parent is missing.
        PrivacyError: there is an ID of the platform, a unified customer ID, or another
            affiliate's contact.
    """
    progress("check affiliates' keys")
    check_keys(connection, tables, LOCATION)
    progress("check pseudonyms")
    columns = scalar_columns(connection, LOCATION)
    for table in tables:
        _check_ids(connection, table, [column for column in columns if column.table == table.name])
    progress("check contacts")
    _check_contacts(connection)
    return [
        "keys",
        "pseudonyms",
        "contacts",
        *check_rows(connection, tables, LOCATION, progress),
    ]


def _check_ids(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, columns: Sequence[ScalarColumn]
) -> None:
    """Checks that IDs are pseudonyms of the row's own affiliate, and that nothing else is an ID."""
    for column in columns:
        kind = table.pseudonyms.get(column.name)
        if kind is not None:
            _check_pseudonyms(connection, column, kind, table.kind_columns.get(column.name))
        elif column.name.rpartition(".")[2].endswith("_id"):
            raise PrivacyError(f"{column.table}.{column.name} is an ID that is not pseudonymised")
        elif column.type == "varchar":
            _refuse_unified(connection, column)


def _check_pseudonyms(
    connection: duckdb.DuckDBPyConnection, column: ScalarColumn, kind: str, kind_column: str | None
) -> None:
    query = column.query
    if kind_column is not None:
        query += f" WHERE {sql.name(kind_column)} = {sql.text(kind)} AND v <> {sql.text(NO_ID)}"
    statement = sql.load(
        __package__,
        "invalid_pseudonyms",
        column_values=f"({query})",
        ids=IDS,
        kind=sql.text(kind),
        affiliate=AFFILIATE_ID,
    )
    invalid = sql.number(connection, statement)
    if invalid:
        raise PrivacyError(
            f"{column.table}.{column.name}: {invalid} values are not pseudonyms of the affiliate"
        )


def _refuse_unified(connection: duckdb.DuckDBPyConnection, column: ScalarColumn) -> None:
    unified = sql.number(
        connection,
        f"SELECT count(*) FROM (SELECT DISTINCT v FROM ({column.query})) q "
        f"SEMI JOIN {ALIAS}.marts.customer c ON c.customer_id = q.v",
    )
    if unified:
        raise PrivacyError(f"{column.table}.{column.name}: {unified} unified customer IDs")


def _check_contacts(connection: duckdb.DuckDBPyConnection) -> None:
    """Checks that each contact came from this affiliate's data about the same customer."""
    for column in CONTACTS:
        statement = sql.load(
            __package__,
            "unknown_contacts",
            contact=column,
            customers=f"{ALIAS}.raw.{CUSTOMERS.raw_table}",
            customer_events=f"{ALIAS}.raw.{CUSTOMER_EVENTS.raw_table}",
            published=LOCATION.of("customer"),
            ids=IDS,
            affiliate=AFFILIATE_ID,
        )
        unknown = sql.number(connection, statement)
        if unknown:
            raise PrivacyError(
                f"customer.{column}: {unknown} values are not from the affiliate's data about "
                "that customer"
            )
