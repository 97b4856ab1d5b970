"""What stands in a landing zone, as rows."""

from __future__ import annotations

from typing import Any

import duckdb

from ingestion.landing import LandingZone

Row = tuple[Any, ...]


def paths(zone: LandingZone, dataset: str) -> list[str]:
    return [str(zone.path(file)) for _, file in zone.files(dataset)]


def versions(zone: LandingZone, dataset: str, columns: str) -> list[Row]:
    """Every landed row of a dataset, in order."""
    query = f"select {columns} from read_parquet(?) order by all"
    return duckdb.execute(query, [paths(zone, dataset)]).fetchall()


def current(zone: LandingZone, dataset: str, columns: str, key: str = "id") -> list[Row]:
    """The newest version of every key that is not deleted, in order."""
    files = " union all by name ".join(
        f"select *, {number} as _seq from read_parquet('{zone.path(file)}')"
        for number, file in zone.files(dataset)
    )
    return duckdb.execute(
        f"select {columns} from (from ({files}) qualify "
        f"row_number() over (partition by {key} order by _seq desc) = 1) "
        "where _op = 'upsert' order by all"
    ).fetchall()
