"""The benchmark of a release: months that were published stay as they were, new ones are added.

Published anew with one more late order, a month would tell by its difference what that order was.
So the release before is what months are taken from: it is there when the warehouse is lost, and
nothing else has to be kept.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from core import sql
from core.errors import AffiliateError
from privacy.scan.location import Location
from serving.artefacts import BENCHMARK, CUSTOMER_OLAP
from serving.checks import describe_tables
from serving.manifest import read_release
from serving.relations import mart
from warehouse.connection import ALIAS

_BEFORE = "before"
_PUBLISHED = f"{_BEFORE}.marts.{BENCHMARK.name}"
_MONTH = "sales_month"


def attach_before(connection: duckdb.DuckDBPyConnection, current: Path | None) -> bool:
    """Attaches the release before, outside a transaction.

    Args:
        connection: Stays attached to it until it is closed.
        current: Directory of that release; None if there is none.

    Returns:
        Whether there is one with a benchmark.

    Raises:
        AffiliateError: it was damaged.
    """
    tables = read_release(current).files[CUSTOMER_OLAP.path].tables if current else {}
    if current is None or BENCHMARK.name not in tables:
        return False
    path = current / CUSTOMER_OLAP.path
    connection.execute(f"ATTACH {sql.text(str(path))} AS {_BEFORE} (READ_ONLY)")
    found = describe_tables(connection, [BENCHMARK], Location(f"{_BEFORE}.marts"))
    if found[BENCHMARK.name] != tables[BENCHMARK.name]:
        raise AffiliateError("the benchmark of the current release is damaged: restore its file")
    return True


def settle(connection: duckdb.DuckDBPyConnection, *, has_before: bool) -> None:
    """Fills the attached stage's benchmark from the release before and the warehouse.

    Args:
        connection: With the warehouse, the stage and the release before.
        has_before: What `attach_before` said.

    Raises:
        AffiliateError: there is no mart.
    """
    target = mart(BENCHMARK)
    source = f"{ALIAS}.marts.{BENCHMARK.name}"
    connection.execute(f"CREATE SCHEMA {target.rpartition('.')[0]}")
    try:
        connection.execute(f"CREATE TABLE {target} AS FROM {source} LIMIT 0")
    except duckdb.CatalogException:
        raise AffiliateError(
            "the warehouse has no mart benchmark: run `affiliate build` first"
        ) from None
    if has_before:
        connection.execute(f"INSERT INTO {target} BY NAME FROM {_PUBLISHED}")
    connection.execute(
        f"INSERT INTO {target} BY NAME FROM {source} "
        f"WHERE {_MONTH} NOT IN (SELECT {_MONTH} FROM {target})"
    )


def check_frozen(connection: duckdb.DuckDBPyConnection, place: Location) -> None:
    """Guards the difference between two releases: no month of the one before has changed.

    Args:
        connection: With the release before, and the new tables.
        place: Where the new tables lie.

    Raises:
        AffiliateError: rows of a published month are others now.
    """
    columns = sql.names(sql.columns(connection, _PUBLISHED))
    again = (
        f"SELECT {columns} FROM {place.of(BENCHMARK.name)} "
        f"WHERE {_MONTH} IN (SELECT {_MONTH} FROM {_PUBLISHED})"
    )
    published = f"SELECT {columns} FROM {_PUBLISHED}"
    changed = sql.number(
        connection,
        f"SELECT count(*) FROM (({published} EXCEPT ALL {again}) "
        f"UNION ALL ({again} EXCEPT ALL {published}))",
    )
    if changed:
        raise AffiliateError(f"benchmark: {changed} rows differ in months that were published")
