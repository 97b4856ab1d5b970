"""What holds for all affiliates' rows while they lie together in the stage, before any is cut."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from core import sql
from privacy.scan import PrivacyError, Progress, check_rows
from privacy.scan.leaves import Leaf, leaves
from privacy.scan.location import Location
from serving.affiliate_files.stage import FINAL, IDS
from serving.affiliate_files.tables import AFFILIATE_ID, CONTACTS, GROUPS, NOBODY
from serving.artefacts import ReleaseTable
from serving.checks import check_keys
from warehouse.connection import ALIAS

PLACE = Location(FINAL, GROUPS)


def check(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[ReleaseTable], progress: Progress
) -> list[str]:
    """Runs all checks; `privacy.scan.gather` came before.

    Returns:
        The names of the checks passed.

    Raises:
        AffiliateError: a key or parent is missing.
        PrivacyError: a number of ours, a unified customer or somebody else's contact is left.
    """
    progress("check affiliates' keys")
    check_keys(connection, tables, PLACE)
    progress("check pseudonyms")
    found = leaves(connection, PLACE)
    for table in tables:
        _check_ids(connection, table, [leaf for leaf in found if leaf.table == table.name])
    progress("check contacts")
    _check_contacts(connection)
    return [
        "keys",
        "pseudonyms",
        "contacts",
        *check_rows(connection, tables, PLACE, progress),
    ]


def _check_ids(
    connection: duckdb.DuckDBPyConnection, table: ReleaseTable, found: Sequence[Leaf]
) -> None:
    """Ids are pseudonyms of the row's own affiliate, and nothing else is an id."""
    for leaf in found:
        kind = table.pseudonyms.get(leaf.column)
        if kind is not None:
            _check_pseudonyms(connection, leaf, kind, table.told_by.get(leaf.column))
        elif leaf.column.rpartition(".")[2].endswith("_id"):
            raise PrivacyError(f"{leaf.table}.{leaf.column} is an id and no pseudonym")
        elif leaf.kind == "varchar":
            _refuse_unified(connection, leaf)


def _check_pseudonyms(
    connection: duckdb.DuckDBPyConnection, leaf: Leaf, kind: str, teller: str | None
) -> None:
    query = leaf.query
    if teller is not None:
        query += f" WHERE {sql.name(teller)} = {sql.text(kind)} AND v <> {sql.text(NOBODY)}"
    strangers = sql.number(
        connection,
        f"""
        SELECT count(*) FROM (SELECT DISTINCT g, v FROM ({query}) WHERE v IS NOT NULL) q
        ANTI JOIN {IDS} i ON i.pseudonym = CAST(q.v AS VARCHAR) AND i.kind = {sql.text(kind)}
            AND CAST(i.{AFFILIATE_ID} AS VARCHAR) = q.g
        """,
    )
    if strangers:
        raise PrivacyError(
            f"{leaf.table}.{leaf.column}: {strangers} values are no pseudonyms of the affiliate"
        )


def _refuse_unified(connection: duckdb.DuckDBPyConnection, leaf: Leaf) -> None:
    unified = sql.number(
        connection,
        f"SELECT count(*) FROM (SELECT DISTINCT v FROM ({leaf.query})) q "
        f"SEMI JOIN {ALIAS}.marts.customer c ON c.customer_id = q.v",
    )
    if unified:
        raise PrivacyError(f"{leaf.table}.{leaf.column}: {unified} unified customers are named")


def _check_contacts(connection: duckdb.DuckDBPyConnection) -> None:
    """Every contact was once stated of that very customer of the affiliate whose file it is in."""
    for column in CONTACTS:
        strangers = sql.number(
            connection,
            f"""
            WITH stated AS (
                SELECT affiliate_id, CAST(id AS VARCHAR) AS id, {column} AS v
                FROM {ALIAS}.raw.oltp_affiliate_customer
                UNION ALL
                SELECT
                    affiliate_id,
                    json_extract_string(data, '$.affiliate_customer_id'),
                    json_extract_string(data, '$.{column}')
                FROM {ALIAS}.raw.events_affiliate_customers
            )
            SELECT count(*) FROM {PLACE.of("customer")} c
            JOIN {IDS} i
                ON i.kind = 'customer' AND i.pseudonym = c.customer_id
                AND i.{AFFILIATE_ID} = c.{AFFILIATE_ID}
            ANTI JOIN stated s
                ON s.affiliate_id = i.{AFFILIATE_ID} AND s.id = i.id AND s.v = c.{column}
            WHERE c.{column} IS NOT NULL
            """,
        )
        if strangers:
            raise PrivacyError(
                f"customer.{column}: {strangers} values were never said of the affiliate's customer"
            )
