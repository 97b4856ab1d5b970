"""The benchmark of a release: published months never change, new months are added.

If a month were published again with one more late order, the difference would reveal that order.
So published months are copied from the previous release. It exists even when the warehouse is lost,
and nothing else has to be kept.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from core import sql
from core.errors import AffiliateError
from privacy.scan import Location
from serving.artefacts import BENCHMARK, CUSTOMER_OLAP
from serving.checks import describe_tables
from serving.manifest import read_release
from serving.marts import FROZEN, mart, missing_mart
from warehouse.connection import ALIAS

_PREVIOUS = "previous"
_PUBLISHED = f"{_PREVIOUS}.marts.{BENCHMARK.name}"
_MONTH = "sales_month"


def attach_previous(connection: duckdb.DuckDBPyConnection, current: Path | None) -> bool:
    """Attaches the previous release; must be called outside a transaction.

    Args:
        connection: The release stays attached until it is closed.
        current: Directory of the previous release; None if there is none.

    Returns:
        Whether there is a previous release with a benchmark.

    Raises:
        AffiliateError: its file is damaged.
    """
    tables = read_release(current).files[CUSTOMER_OLAP.path].tables if current else {}
    if current is None or BENCHMARK.name not in tables:
        return False
    path = current / CUSTOMER_OLAP.path
    connection.execute(f"ATTACH {sql.text(str(path))} AS {_PREVIOUS} (READ_ONLY)")
    found = describe_tables(connection, [BENCHMARK], Location(f"{_PREVIOUS}.marts"))
    if found[BENCHMARK.name] != tables[BENCHMARK.name]:
        raise AffiliateError("the benchmark of the current release is damaged: restore its file")
    return True


def fill_benchmark(connection: duckdb.DuckDBPyConnection, *, has_previous: bool) -> None:
    """Fills the stage's benchmark: published months from the previous release, then new months.

    Args:
        connection: With the warehouse, the stage and the previous release.
        has_previous: Result of `attach_previous`.

    Raises:
        AffiliateError: the warehouse has no such mart.
    """
    target = mart(BENCHMARK)
    source = f"{ALIAS}.marts.{BENCHMARK.name}"
    connection.execute(f"CREATE SCHEMA {FROZEN}")
    try:
        connection.execute(f"CREATE TABLE {target} AS FROM {source} LIMIT 0")
    except duckdb.CatalogException:
        raise missing_mart(BENCHMARK.name) from None
    if has_previous:
        connection.execute(f"INSERT INTO {target} BY NAME FROM {_PUBLISHED}")
    connection.execute(
        f"INSERT INTO {target} BY NAME FROM {source} "
        f"WHERE {_MONTH} NOT IN (SELECT {_MONTH} FROM {target})"
    )


def check_frozen(connection: duckdb.DuckDBPyConnection) -> None:
    """Checks that no published month has changed, so that two releases cannot be compared.

    Args:
        connection: With the previous release, and the stage's benchmark filled.

    Raises:
        AffiliateError: rows of a published month changed.
    """
    columns = sql.names(sql.columns(connection, _PUBLISHED))
    new = (
        f"SELECT {columns} FROM {mart(BENCHMARK)} "
        f"WHERE {_MONTH} IN (SELECT {_MONTH} FROM {_PUBLISHED})"
    )
    published = f"SELECT {columns} FROM {_PUBLISHED}"
    changed = sql.number(
        connection,
        f"SELECT count(*) FROM (({published} EXCEPT ALL {new}) "
        f"UNION ALL ({new} EXCEPT ALL {published}))",
    )
    if changed:
        raise AffiliateError(f"benchmark: {changed} rows differ in months that were published")
