"""What other weights would change: two partitions of the same records, held side by side."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

PARTITION = "select record_id, cluster_id from wh.identity.int_identity__clusters"
LINKS = (
    "select count(*) from wh.identity.int_identity__pair_weights "
    "where rule is not null and veto is null"
)


@dataclass(frozen=True)
class PartitionStats:
    """What one version of the weights makes of the records.

    Attributes:
        links: Pairs that are linked.
        persons: Persons.
        biggest: Records of the biggest of them.
    """

    links: int
    persons: int
    biggest: int


@dataclass(frozen=True)
class Effect:
    """The version in force and the new one.

    Attributes:
        records: All records.
        changed: Records whose person would be made of other records.
        before: What is in force.
        after: What would be.
    """

    records: int
    changed: int
    before: PartitionStats
    after: PartitionStats


def copy_partition(connection: duckdb.DuckDBPyConnection, table: str) -> PartitionStats:
    """Copies who is who from the warehouse, attached as `wh`, to a table of the connection."""
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
    """Records whose person is made of other records in one table than in the other."""
    return _one(
        connection,
        f"""
        with former as (select *, count(*) over (partition by cluster_id) as records from {former}),
        current as (select *, count(*) over (partition by cluster_id) as records from {current}),
        cells as (
            select former.records as had, current.records as has, count(*) as common
            from former inner join current using (record_id)
            group by former.cluster_id, current.cluster_id, former.records, current.records
        )
        select coalesce(sum(common) filter (where had <> common or has <> common), 0)::bigint
        from cells
        """,
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
