"""Membership as intervals: who entered when, who left when and why, and who was held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from activation.audiences.candidates import CONSENTS
from activation.audiences.definition import Audience
from activation.audiences.store import MEMBERSHIP
from activation.delivery.landed import (
    CONTACT_PURPOSE,
    CONTACTED,
    ERASED,
    PROFILING_PURPOSE,
    WITHDRAWN,
)
from activation.delivery.runs import Runs
from core import sql

INTERVAL, STANDING, ELSEWHERE = "membership", "standing", "elsewhere"
#: One row per visit of a customer record to the audience; `exited_at` is null while it lasts.
INTERVAL_COLUMNS = (
    ("affiliate_id", "BIGINT"),
    ("record_id", "BIGINT"),
    ("person_id", "VARCHAR"),
    ("affiliate", "VARCHAR"),
    ("member", "VARCHAR"),
    ("arm", "VARCHAR"),
    ("entry_number", "INTEGER"),
    ("entered_at", "TIMESTAMPTZ"),
    ("exited_at", "TIMESTAMPTZ"),
    ("exit_reason", "VARCHAR"),
)
TREATED, HELD = "treated", "held"
BUCKETS = 10_000
#: Exits that protect somebody: nothing holds them up.
PROTECTIVE = ("consent", "erased")


@dataclass(frozen=True)
class Counts:
    """What was left after each step; the next is a part of the one before.

    Attributes:
        eligible: Customer records that meet the rule.
        consenting: Of them, with consent, an address, and no newer withdrawal or erasure.
        unsuppressed: Of them, neither minors nor contacted of late.
        prioritised: Of them, not in an audience of higher priority.
        members: Of them, those whom the re-entry policy lets in.
        held: Of them, the holdout.
        delivered: The others.
    """

    eligible: int
    consenting: int
    unsuppressed: int
    prioritised: int
    members: int
    held: int
    delivered: int


def load_elsewhere(connection: duckdb.DuckDBPyConnection, runs: Runs) -> None:
    """Creates `elsewhere`, the visits to all other audiences.

    Args:
        connection: In memory.
        runs: Of the audience that they are other to.
    """
    runs.read(connection, ELSEWHERE, INTERVAL_COLUMNS, None)
    for other in sorted(runs.folder.parent.glob("*")):
        theirs = Runs(other, f"the audience {other.name}")
        if other != runs.folder and theirs.last():
            path = theirs.path(theirs.last()) / MEMBERSHIP
            theirs.read(connection, "other", INTERVAL_COLUMNS, path)
            connection.execute(f"INSERT INTO {ELSEWHERE} FROM other")


def weigh(
    connection: duckdb.DuckDBPyConnection,
    candidates: str,
    target: str,
    audience: Audience,
    now: datetime,
) -> None:
    """Creates `target`: the candidates with what keeps each out, in the column `out`.

    `out` is erased, expired, consent, rule or cap, the first that holds; null for who qualifies.
    `is_protective` tells exits that must not wait. `arm` is the person's. Whoever another audience
    of the affiliate was told of lately does not enter, but no member leaves for it: else two
    audiences would take members from each other for ever.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {target} AS
        SELECT c.*, {_bucket(audience)} AS arm, w.affiliate_id IS NOT NULL AS has_withdrawn,
            e.affiliate_id IS NOT NULL AS is_erased,
            CASE
                WHEN e.affiliate_id IS NOT NULL THEN 'erased'
                WHEN $expired THEN 'expired'
                WHEN w.affiliate_id IS NOT NULL OR NOT c.consents THEN 'consent'
                WHEN NOT c.in_rule OR c.is_minor AND $adults THEN 'rule'
                WHEN coalesce(
                    greatest(c.last_contact_at, t.happened_at) > $now - to_days($contacted), false
                ) THEN 'cap'
                WHEN coalesce(o.entered_at > $now - to_days($contacted), false)
                    AND m.affiliate_id IS NULL THEN 'cap'
            END AS out
        FROM {candidates} c
        LEFT JOIN (SELECT DISTINCT affiliate_id, record_id FROM {ERASED}) e
            ON e.affiliate_id = c.affiliate_id AND e.record_id = c.record_id
        LEFT JOIN (
            SELECT DISTINCT affiliate_id, record_id FROM {WITHDRAWN} WHERE {_required(audience)}
        ) w ON w.affiliate_id = c.affiliate_id AND w.record_id = c.record_id
        LEFT JOIN {CONTACTED} t ON t.affiliate_id = c.affiliate_id AND t.record_id = c.record_id
        LEFT JOIN (
            SELECT affiliate_id, record_id, max(entered_at) AS entered_at FROM {ELSEWHERE}
            WHERE arm = '{TREATED}' GROUP BY ALL
        ) o ON o.affiliate_id = c.affiliate_id AND o.record_id = c.record_id
        LEFT JOIN (FROM {INTERVAL} WHERE exited_at IS NULL) m
            ON m.affiliate_id = c.affiliate_id AND m.record_id = c.record_id
        """,
        {
            "expired": audience.expires is not None and now.date() > audience.expires,
            "adults": audience.leaves_out_minors,
            "contacted": audience.contacted_days,
            "now": now,
            **_bucket_values(audience),
        },
    )


def _required(audience: Audience) -> str:
    """Which withdrawals concern an audience; one that names nothing concerns every audience."""
    said = []
    for name in audience.requires_consent:
        if name == "profiling":
            said.append(f"purpose = '{PROFILING_PURPOSE}'")
        else:
            channel = CONSENTS[name][0].removeprefix("consent_")
            said.append(
                f"(purpose = '{CONTACT_PURPOSE}' OR purpose IS NULL) "
                f"AND (channel = '{channel}' OR channel IS NULL)"
            )
    return " OR ".join(["purpose IS NULL AND channel IS NULL", *said])


def _bucket(audience: Audience) -> str:
    """Of the person, so that nobody is held at one affiliate and contacted at another."""
    if audience.holdout is None:
        return f"'{TREATED}'"
    number = "CAST('0x' || substr(md5($salt || '|' || c.person_id), 1, 12) AS BIGINT)"
    return f"CASE WHEN {number} % {BUCKETS} < $held THEN '{HELD}' ELSE '{TREATED}' END"


def _bucket_values(audience: Audience) -> dict[str, object]:
    if audience.holdout is None:
        return {}
    return {
        "salt": audience.holdout.salt,
        "held": round(audience.holdout.pct * BUCKETS / 100),
    }


def advance(
    connection: duckdb.DuckDBPyConnection, audience: Audience, now: datetime, *, only_exits: bool
) -> None:
    """Replaces `membership` by what it is after this run; `standing` says who qualifies.

    A visit that lasts follows its customer to a new pseudonym or slug.

    Args:
        connection: With both tables.
        audience: Its re-entry policy counts.
        now: When whoever comes or goes does so.
        only_exits: Closes what protects somebody, and changes nothing else.
    """
    connection.execute(f"CREATE OR REPLACE TABLE leaving AS {_LEAVING}")
    if only_exits:
        connection.execute("DELETE FROM leaving WHERE NOT is_protective")
    entering = "false" if only_exits else "true"
    names = sql.names(name for name, _ in INTERVAL_COLUMNS)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE next_membership AS
        SELECT m.* REPLACE (
            coalesce(s.affiliate, m.affiliate) AS affiliate,
            coalesce(s.member, m.member) AS member,
            CASE WHEN l.reason IS NOT NULL THEN $now END AS exited_at,
            l.reason AS exit_reason
        )
        FROM (FROM {INTERVAL} WHERE exited_at IS NULL) m
        LEFT JOIN leaving l ON l.affiliate_id = m.affiliate_id AND l.record_id = m.record_id
        LEFT JOIN {STANDING} s ON s.affiliate_id = m.affiliate_id AND s.record_id = m.record_id
        UNION ALL BY NAME
        FROM {INTERVAL} WHERE exited_at IS NOT NULL
        UNION ALL BY NAME
        SELECT s.affiliate_id, s.record_id, s.person_id, s.affiliate, s.member, s.arm,
            coalesce(p.entries, 0) + 1 AS entry_number, $now AS entered_at,
            NULL AS exited_at, NULL AS exit_reason
        FROM {STANDING} s LEFT JOIN ({_PAST}) p USING (affiliate_id, record_id)
        WHERE {entering} AND s.out IS NULL AND NOT coalesce(p.is_open, false) AND {_reentry()}
        """,
        {"now": now, "after": audience.reentry_days},
    )
    connection.execute(f"CREATE OR REPLACE TABLE {INTERVAL} AS SELECT {names} FROM next_membership")


def _reentry() -> str:
    """Whoever changed arms does not re-enter: the same visit goes on in the other arm."""
    return (
        "(p.entries IS NULL OR p.last_reason = 'holdout' "
        "OR $after IS NOT NULL AND p.last_exit <= $now - to_days(coalesce($after, 0)))"
    )


# a join on more than equality would compare everybody with everybody
_PAST = f"""
SELECT affiliate_id, record_id, max(entry_number) AS entries,
    bool_or(exited_at IS NULL AND reason IS NULL) AS is_open,
    max(exited_at) AS last_exit,
    arg_max(coalesce(exit_reason, reason), entry_number) AS last_reason
FROM (
    SELECT m.*, l.reason FROM {INTERVAL} m
    LEFT JOIN leaving l ON l.affiliate_id = m.affiliate_id AND l.record_id = m.record_id
)
GROUP BY ALL
"""

# who is not even asked about is in no file any more: gone, whoever removed it
_LEAVING = f"""
SELECT m.affiliate_id, m.record_id,
    CASE WHEN s.member IS NULL THEN 'erased' ELSE coalesce(s.out, 'holdout') END AS reason,
    coalesce(s.out IN {PROTECTIVE}, e.affiliate_id IS NOT NULL) AS is_protective
FROM {INTERVAL} m
LEFT JOIN {STANDING} s ON s.affiliate_id = m.affiliate_id AND s.record_id = m.record_id
LEFT JOIN (SELECT DISTINCT affiliate_id, record_id FROM {ERASED}) e
    ON e.affiliate_id = m.affiliate_id AND e.record_id = m.record_id
WHERE m.exited_at IS NULL AND (s.member IS NULL OR s.out IS NOT NULL OR s.arm <> m.arm)
"""
