"""Which build the marts are from: dbt says so in `meta.build`, and only when it was complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from core.errors import AffiliateError
from warehouse.connection import ALIAS


@dataclass(frozen=True)
class Build:
    """One complete and tested build of the marts.

    Attributes:
        as_of: The instant every relative measure uses.
        landing_position: Highest manifest entry of the landing zone that is in it; None if none.
    """

    as_of: datetime
    landing_position: int | None


def read_build(connection: duckdb.DuckDBPyConnection) -> Build:
    """Reads the build that the warehouse, attached as `wh`, holds.

    Raises:
        AffiliateError: there was none yet, it failed, or models were built apart since.
    """
    try:
        row = connection.execute(
            f"SELECT as_of, landing_position FROM {ALIAS}.meta.build"
        ).fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None:
        raise AffiliateError(
            "the marts are not from one complete and tested build: run `affiliate build` first"
        )
    return Build(*row)
