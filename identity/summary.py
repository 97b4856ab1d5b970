"""A build's persons in numbers, for people who watch runs; no ids, no values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from warehouse.connection import ALIAS


@dataclass(frozen=True)
class Summary:
    """The persons of a build, and what it did to their ids.

    Attributes:
        persons: Unified persons.
        records: Customer records that are of one of them.
        events: created, joined, merged, split, left, retired → how often in this build.
        sizes: Records of a person → how many persons have as many.
    """

    persons: int
    records: int
    events: Mapping[str, int]
    sizes: Mapping[int, int]


def summarise(connection: duckdb.DuckDBPyConnection) -> Summary:
    """Counts what the warehouse, attached as `wh`, holds."""
    sizes = dict(
        connection.execute(
            f"select records, count(*) from (select count(*) as records "
            f"from {ALIAS}.identity.customer_xref group by customer_id) group by all order by all"
        ).fetchall()
    )
    events = dict(
        connection.execute(
            f"select event, count(*) from {ALIAS}.identity.int_identity__new_events "
            "where cause is distinct from 'redirect' group by all order by all"
        ).fetchall()
    )
    records = sum(size * persons for size, persons in sizes.items())
    return Summary(sum(sizes.values()), records, events, sizes)
