"""Numbers about the identity resolution of a build, without IDs and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from core import sql
from warehouse.connection import ALIAS


@dataclass(frozen=True)
class Summary:
    """Numbers of a build.

    Attributes:
        customers: Number of unified customers.
        records: Number of their records.
        events: created, joined, merged, split, left, retired → number of events in this build.
        sizes: Number of records → number of customers with this many.
    """

    customers: int
    records: int
    events: Mapping[str, int]
    sizes: Mapping[int, int]


def summarise(connection: duckdb.DuckDBPyConnection) -> Summary:
    """Count customers and events in the warehouse attached as `wh`."""
    sizes = dict(connection.execute(sql.load(__package__, "cluster_sizes")).fetchall())
    events = dict(
        connection.execute(
            f"select event, count(*) from {ALIAS}.identity.int_identity__new_events "
            "where cause is distinct from 'redirect' group by all order by all"
        ).fetchall()
    )
    records = sum(size * customers for size, customers in sizes.items())
    return Summary(sum(sizes.values()), records, events, sizes)
