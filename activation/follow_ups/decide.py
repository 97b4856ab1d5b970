"""Which tasks go out now, by what is landed at this very moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from activation.delivery import landed
from activation.delivery.landed import CONTACT_PURPOSE, ERASED, FOLLOWED_UP, WITHDRAWN
from activation.follow_ups.tasks import TASK
from core import sql
from ingestion.landing import LandingZone
from serving import Release


@dataclass(frozen=True)
class Counts:
    """Tasks by what becomes of them; `open` is the sum of the others.

    Attributes:
        open: All of the release.
        erased: Whose customer is erased.
        consent: Whose customer withdrew since the release, for the task's channel or for all.
        answered: Whose customer was contacted, or whose deal was decided, since the release.
        fatigue: Whose person all affiliates together have contacted too often.
        later: Not due yet.
        expired: Too late.
        delivered: The rest.
    """

    open: int
    erased: int
    consent: int
    answered: int
    fatigue: int
    later: int
    expired: int
    delivered: int


def decide(
    connection: duckdb.DuckDBPyConnection,
    zone: LandingZone,
    release: Release,
    now: datetime,
    ahead: timedelta,
) -> Counts:
    """Creates `desired` and `weighed`, what is delivered and why the rest is not.

    Args:
        connection: In memory, after `tasks.gather`.
        zone: What was landed.
        release: Whose tasks.
        now: When it is.
        ahead: Tasks that are due within it go out.
    """
    records = connection.execute(f"SELECT DISTINCT affiliate_id, record_id FROM {TASK}").fetchall()
    landed.load(connection, zone, release.landing_position, release.as_of, records)
    since = {"known": release.landing_position or 0, "as_of": release.as_of}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE heard_of AS {_HEARD}", since)
    connection.execute(
        f"CREATE OR REPLACE TABLE weighed AS {_WEIGHED}", {"now": now, "until": now + ahead}
    )
    connection.execute(
        "CREATE OR REPLACE TABLE desired AS "
        "SELECT affiliate, task AS key, sent FROM weighed WHERE fate = 'delivered'"
    )
    counted = dict(connection.execute("SELECT fate, count(*) FROM weighed GROUP BY 1").fetchall())
    fates = [name for name in Counts.__dataclass_fields__ if name != "open"]
    total = sql.number(connection, "SELECT count(*) FROM weighed")
    return Counts(open=total, **{fate: counted.get(fate, 0) for fate in fates})


_HEARD = f"""
SELECT affiliate_id, record_id, NULL AS deal_id FROM {FOLLOWED_UP}
WHERE seq > $known OR happened_at > $as_of
UNION
SELECT affiliate_id, NULL, json_extract_string(data, '$.deal_id') FROM funnel
WHERE type IN ('DealWon', 'DealLost') AND (seq > $known OR happened_at > $as_of)
"""

# whatever a contact is based on, a word against it since the release outweighs it
_WEIGHED = f"""
SELECT t.*, CASE
    WHEN EXISTS (
        FROM {ERASED} e WHERE e.affiliate_id = t.affiliate_id AND e.record_id = t.record_id
    ) THEN 'erased'
    WHEN EXISTS (
        FROM {WITHDRAWN} w WHERE w.affiliate_id = t.affiliate_id AND w.record_id = t.record_id
            AND coalesce(w.purpose, '{CONTACT_PURPOSE}') = '{CONTACT_PURPOSE}'
            AND coalesce(w.channel, t.channel) = t.channel
    ) THEN 'consent'
    WHEN EXISTS (
        FROM heard_of h WHERE h.affiliate_id = t.affiliate_id AND h.record_id = t.record_id
    ) OR EXISTS (
        FROM heard_of h WHERE h.affiliate_id = t.affiliate_id AND h.deal_id = t.deal_id
    ) THEN 'answered'
    WHEN t.is_delayed THEN 'fatigue'
    WHEN t.due_at > $until THEN 'later'
    WHEN t.expires_at <= $now THEN 'expired'
    ELSE 'delivered'
END AS fate
FROM {TASK} t
"""
