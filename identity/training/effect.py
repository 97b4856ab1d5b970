"""The effect of new weights: two partitions of the same records, compared."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from core import sql

PARTITION = "select record_id, cluster_id from wh.identity.int_identity__clusters"
LINKS = (
    "select count(*) from wh.identity.int_identity__pair_weights "
    "where rule is not null and veto is null"
)


@dataclass(frozen=True)
class PartitionStats:
    """Numbers of the partition by one version of the weights.

    Attributes:
        links: Number of linked pairs.
        persons: Number of unified customers.
        biggest: Number of records of the biggest.
    """

    links: int
    persons: int
    biggest: int


@dataclass(frozen=True)
class Effect:
    """Comparison of the version in force with the new one.

    Attributes:
        records: Number of records.
        changed: Number of records whose unified customer would consist of other records.
        before: The version in force.
        after: The new version.
    """

    records: int
    changed: int
    before: PartitionStats
    after: PartitionStats


def copy_partition(connection: duckdb.DuckDBPyConnection, table: str) -> PartitionStats:
    """Copy the partition of the warehouse, attached as `wh`, to a table of the connection."""
    connection.execute(f"create or replace table {table} as {PARTITION}")
    return PartitionStats(
        links=_one(connection, LINKS),
        persons=_one(connection, f"select count(distinct cluster_id) from {table}"),
        biggest=_one(
            connection,
            "select coalesce(max(records), 0) from "
            f"(select count(*) as records from {table} group by cluster_id)",
        ),
    )


def changed_records(connection: duckdb.DuckDBPyConnection, former: str, current: str) -> int:
    """Count records whose cluster consists of other records in one table than in the other."""
    query = sql.load(__package__, "changed_records", former=former, latest=current)
    return _one(connection, query)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
