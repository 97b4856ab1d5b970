"""The ledger of delivered tasks: landed before a destination can answer with an outcome."""

from __future__ import annotations

from datetime import datetime

import duckdb

from contracts.ledgers import FOLLOW_UPS
from core import sql
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.landing.manifest import LEDGER


def land(connection: duckdb.DuckDBPyConnection, zone: LandingZone, now: datetime) -> int:
    """Land the pseudonyms of delivered tasks that the ledger does not have yet.

    Args:
        connection: After `decide.decide`.
        zone: The landing zone.
        now: Time of the delivery.

    Returns:
        Number of rows landed.
    """
    rows = (
        connection.execute(sql.load(__package__, "new_tasks"), {"now": now})
        .to_arrow_table()
        .cast(FOLLOW_UPS.schema)
    )
    if not len(rows):
        return 0
    with zone.batch("follow-ups") as batch:
        written = parquet.write(batch.stage(FOLLOW_UPS.dataset), rows.schema, rows.to_batches())
        counts = Counts(LEDGER, rows_read=len(rows), rows_landed=written)
        batch.record(FOLLOW_UPS.dataset, counts, {"delivered_at": now.isoformat()})
        batch.commit()
    return len(rows)
