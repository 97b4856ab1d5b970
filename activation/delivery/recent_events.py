"""Events landed since the release that suppress customers; read again at every delivery.

The release decides consent by the rule in `consent_state.sql`, which is not repeated here. A
withdrawal after the release suppresses its customer until the next release; a grant after the
release has no effect before it. Rows that are held for review count, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from contracts.ledgers import FOLLOW_UPS
from core import sql
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Record
from privacy.erasure import to_withdraw
from warehouse.select import MESSAGE, event_rows

#: The dbt variables `contact_purpose` and `profiling_purpose`.
CONTACT_PURPOSE, PROFILING_PURPOSE = "marketing", "profiling"

#: Table → the topic that it is read from.
EVENTS = {
    "consents": "marketing.consents",
    "erasures": "privacy.erasures",
    "follow_ups": "marketing.follow-ups",
    "funnel": "sales.funnel",
}
_COLUMNS = (
    "event_id, source, type, happened_at, affiliate_id, data, topic, part, place, sent_at, seq"
)
_RECORD = "TRY_CAST(json_extract_string(data, '$.affiliate_customer_id') AS BIGINT)"


def load(
    connection: duckdb.DuckDBPyConnection,
    zone: LandingZone,
    known_to: int | None,
    as_of: datetime,
    records: Iterable[Record] = (),
) -> None:
    """Create `withdrawn`, `erased`, `contacted`, `followed_up` and `delivered_task`.

    Args:
        connection: In-memory database, after `people.load`.
        zone: The landing zone.
        known_to: Highest manifest entry that the release includes.
        as_of: The instant of the release.
        records: The records that may be contacted. After an erasure was completed its events no
            longer exist, and its tombstones can only be looked up by record.
    """
    names = [name for name, _ in FOLLOW_UPS.columns]
    with zone.reading():
        for name, topic in EVENTS.items():
            _read(connection, zone, name, f"events/{topic}")
        tasks = sql.load(
            __package__, "delivered_tasks", follow_ups=f"({scan(zone, FOLLOW_UPS.dataset, names)})"
        )
        connection.execute(f"create or replace temp table delivered_task as {tasks}")
    since = {"known": known_to or 0, "as_of": as_of}
    connection.execute(
        f"create or replace table followed_up as {sql.load(__package__, 'followed_up')}"
    )
    connection.execute(
        f"create or replace table withdrawn as {sql.load(__package__, 'withdrawn')}", since
    )
    connection.execute(f"create or replace table erased as {sql.load(__package__, 'erased')}")
    connection.execute(f"create or replace table contacted as {sql.load(__package__, 'contacted')}")
    if removed := to_withdraw(zone, records):
        connection.executemany("insert into erased values (?, ?)", list(map(list, removed)))


def _read(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, name: str, dataset: str
) -> None:
    if zone.live(dataset):
        rows = event_rows(f"({scan(zone, dataset, MESSAGE)})")
    else:
        rows = (
            "SELECT NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, NULL::TIMESTAMPTZ, NULL::BIGINT, "
            "NULL::VARCHAR, NULL::VARCHAR, NULL, NULL, NULL, NULL::BIGINT WHERE false"
        )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *, {_RECORD} AS record_id "
        f"FROM ({rows}) AS e({_COLUMNS})"
    )
