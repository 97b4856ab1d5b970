"""What was landed since the release and keeps somebody out: read again at every delivery.

The release says who consented, by the rule in `consent_state.sql`. Here no rule is decided anew:
any withdrawal that the release cannot know keeps its customer out until the next release weighs it,
and a grant that it cannot know waits for it. Rows that are held back for review count too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from activation.delivery.people import PERSON
from contracts.ledgers import FOLLOW_UPS
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Record
from privacy.erasure.withdrawal import to_withdraw
from warehouse.select import MESSAGE, event_rows

#: The dbt variable `contact_purpose`, and `profiling_purpose`.
CONTACT_PURPOSE, PROFILING_PURPOSE = "marketing", "profiling"
WITHDRAWN, ERASED, CONTACTED, FOLLOWED_UP = "withdrawn", "erased", "contacted", "followed_up"
#: What tasks were called where they were delivered.
DELIVERED = "delivered_task"

#: Table here, to the topic that it is read from.
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
    """Creates `withdrawn`, `erased`, `contacted` and `followed_up`; `people.load` came before.

    Args:
        connection: In memory.
        zone: Where events were landed.
        known_to: Highest manifest entry that the release knows.
        as_of: The instant up to which it knows.
        records: Who is in question. The events of a carried out erasure are gone, and what is left
            answers only for records that are named.
    """
    names = [name for name, _ in FOLLOW_UPS.columns]
    with zone.reading():
        for name, topic in EVENTS.items():
            _read(connection, zone, name, f"events/{topic}")
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {DELIVERED} AS "
            "SELECT DISTINCT affiliate_id::BIGINT AS affiliate_id, "
            "task_pseudonym::VARCHAR AS task, "
            "deal_id::VARCHAR AS deal_id, affiliate_customer_id::BIGINT AS record_id "
            f"FROM ({scan(zone, FOLLOW_UPS.dataset, names)})"
        )
    since = {"known": known_to or 0, "as_of": as_of}
    connection.execute(f"CREATE OR REPLACE TABLE {FOLLOWED_UP} AS {_FOLLOWED_UP}")
    connection.execute(f"CREATE OR REPLACE TABLE {WITHDRAWN} AS {_WITHDRAWN}", since)
    connection.execute(f"CREATE OR REPLACE TABLE {ERASED} AS {_ERASED}")
    connection.execute(f"CREATE OR REPLACE TABLE {CONTACTED} AS {_CONTACTED}")
    if gone := to_withdraw(zone, records):
        connection.executemany(f"INSERT INTO {ERASED} VALUES (?, ?)", list(map(list, gone)))


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


# an event may name its deal only, or the task as it was delivered
_FOLLOWED_UP = f"""
SELECT f.affiliate_id, coalesce(f.record_id, t.record_id, d.record_id) AS record_id,
    f.happened_at, json_extract_string(f.data, '$.outcome') AS outcome, f.seq
FROM follow_ups f
LEFT JOIN {DELIVERED} t
    ON t.affiliate_id = f.affiliate_id AND t.task = json_extract_string(f.data, '$.task_id')
LEFT JOIN (
    SELECT affiliate_id, json_extract_string(data, '$.deal_id') AS deal,
        arg_max(record_id, happened_at) AS record_id
    FROM funnel WHERE record_id IS NOT NULL GROUP BY ALL
) d ON d.affiliate_id = f.affiliate_id AND d.deal = json_extract_string(f.data, '$.deal_id')
WHERE f.type = 'FollowUpDone' AND coalesce(f.record_id, t.record_id, d.record_id) IS NOT NULL
"""

# without a channel or purpose a withdrawal is of all of them; so is a word on the phone
_WITHDRAWN = f"""
SELECT DISTINCT affiliate_id, record_id,
    json_extract_string(data, '$.purpose') AS purpose,
    lower(trim(json_extract_string(data, '$.channel'))) AS channel
FROM consents
WHERE type = 'ConsentWithdrawn' AND (seq > $known OR happened_at > $as_of)
UNION ALL
SELECT DISTINCT affiliate_id, record_id, NULL, NULL FROM {FOLLOWED_UP} o
WHERE outcome = 'opted_out' AND NOT EXISTS (
    FROM consents g WHERE g.type = 'ConsentGranted' AND g.affiliate_id = o.affiliate_id
        AND g.record_id = o.record_id AND g.happened_at > o.happened_at
)
"""

# a request reaches all records of the person in its scope, as in `erased_records`
_ERASED = f"""
WITH requests AS (
    SELECT affiliate_id, record_id, json_extract_string(data, '$.scope') = 'all' AS everywhere
    FROM erasures WHERE type = 'CustomerErased' AND record_id IS NOT NULL
)
SELECT affiliate_id, record_id FROM requests
UNION
SELECT p.affiliate_id, p.record_id
FROM requests r
JOIN {PERSON} q ON q.affiliate_id = r.affiliate_id AND q.record_id = r.record_id
JOIN {PERSON} p ON p.person_id = q.person_id AND (r.everywhere OR p.affiliate_id = r.affiliate_id)
"""

_CONTACTED = f"""
SELECT affiliate_id, record_id, max(happened_at) AS happened_at FROM {FOLLOWED_UP} GROUP BY ALL
"""
