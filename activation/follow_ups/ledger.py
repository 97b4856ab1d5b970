"""What delivered tasks are called outside: landed before anybody there can answer."""

from __future__ import annotations

from datetime import datetime

import duckdb

from activation.delivery.landed import DELIVERED
from contracts.ledgers import FOLLOW_UPS
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.landing.manifest import LEDGER


def land(connection: duckdb.DuckDBPyConnection, zone: LandingZone, now: datetime) -> int:
    """Lands the names of the tasks that go out and that it does not hold yet.

    Args:
        connection: After `decide.decide`.
        zone: Where to.
        now: When they go out.

    Returns:
        Number of names landed.
    """
    rows = connection.execute(_NEW, {"now": now}).to_arrow_table().cast(FOLLOW_UPS.schema)
    if not len(rows):
        return 0
    with zone.batch("follow-ups") as batch:
        written = parquet.write(batch.stage(FOLLOW_UPS.dataset), rows.schema, rows.to_batches())
        counts = Counts(LEDGER, rows_read=len(rows), rows_landed=written)
        batch.record(FOLLOW_UPS.dataset, counts, {"delivered_at": now.isoformat()})
        batch.commit()
    return len(rows)


_NEW = f"""
SELECT w.affiliate_id, w.task AS task_pseudonym, w.task_id, w.deal_id,
    w.record_id AS affiliate_customer_id, CAST($now AS TIMESTAMPTZ) AS delivered_at
FROM weighed w
ANTI JOIN {DELIVERED} d ON d.affiliate_id = w.affiliate_id AND d.task = w.task
WHERE w.fate = 'delivered'
ORDER BY ALL
"""
