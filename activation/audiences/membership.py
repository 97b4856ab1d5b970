"""Membership as intervals: entry, exit and its reason, and the arm of the experiment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from activation.audiences.candidates import CONSENTS
from activation.audiences.definition import Audience
from activation.audiences.store import MEMBERSHIP
from activation.delivery.recent_events import CONTACT_PURPOSE, PROFILING_PURPOSE
from activation.delivery.runs import Runs
from core import sql

#: One row per membership interval of a customer record; `exited_at` is null while it lasts.
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
#: Exits that protect the customer: the circuit breaker does not stop them.
PROTECTIVE = ("consent", "erased")


@dataclass(frozen=True)
class Counts:
    """Customers left after each step; each count is a part of the one before.

    Attributes:
        eligible: Customer records that match the rule.
        consenting: Of them, with consent, an address, and no newer withdrawal or erasure.
        unsuppressed: Of them, neither minors nor contacted recently.
        prioritised: Of them, not in an audience of higher priority.
        members: Of them, those admitted by the re-entry policy.
        held: Of them, the control group.
        delivered: Of them, the treatment group.
    """

    eligible: int
    consenting: int
    unsuppressed: int
    prioritised: int
    members: int
    held: int
    delivered: int


def load_elsewhere(connection: duckdb.DuckDBPyConnection, runs: Runs) -> None:
    """Create `elsewhere`, the membership intervals of all other audiences.

    Args:
        connection: In-memory database.
        runs: Runs of this audience.
    """
    runs.read(connection, "elsewhere", INTERVAL_COLUMNS, None)
    for other in sorted(runs.folder.parent.glob("*")):
        theirs = Runs(other, f"the audience {other.name}")
        if other != runs.folder and theirs.last():
            path = theirs.path(theirs.last()) / MEMBERSHIP
            theirs.read(connection, "other", INTERVAL_COLUMNS, path)
            connection.execute("insert into elsewhere from other")


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    candidates: str,
    target: str,
    audience: Audience,
    now: datetime,
) -> None:
    """Create `target`: the candidates with the first reason that excludes each, in column `out`.

    `out` is erased, expired, consent, rule or cap; null for a customer who qualifies. `arm` is that
    of the unified customer.
    """
    standing = sql.load(
        __package__,
        "standing",
        candidates=candidates,
        assigned_arm=_arm(audience),
        required=_required(audience),
    )
    connection.execute(
        f"create or replace table {target} as {standing}",
        {
            "expired": audience.expires is not None and now.date() > audience.expires,
            "adults": audience.leaves_out_minors,
            "contacted": audience.contacted_days,
            "now": now,
            **_arm_values(audience),
        },
    )


def _required(audience: Audience) -> str:
    """Return SQL for the withdrawals that apply; one without purpose and channel always does."""
    conditions = []
    for name in audience.requires_consent:
        if name == "profiling":
            conditions.append(f"purpose = '{PROFILING_PURPOSE}'")
        else:
            channel = CONSENTS[name][0].removeprefix("consent_")
            conditions.append(
                f"(purpose = '{CONTACT_PURPOSE}' OR purpose IS NULL) "
                f"AND (channel = '{channel}' OR channel IS NULL)"
            )
    return " OR ".join(["purpose IS NULL AND channel IS NULL", *conditions])


def _arm(audience: Audience) -> str:
    """Return SQL for the arm, the same for all records of a unified customer."""
    if audience.holdout is None:
        return f"'{TREATED}'"
    number = "cast('0x' || substr(md5($salt || '|' || candidates.person_id), 1, 12) as bigint)"
    return f"case when {number} % {BUCKETS} < $held then '{HELD}' else '{TREATED}' end"


def _arm_values(audience: Audience) -> dict[str, object]:
    if audience.holdout is None:
        return {}
    return {
        "salt": audience.holdout.salt,
        "held": round(audience.holdout.pct * BUCKETS / 100),
    }


def advance(
    connection: duckdb.DuckDBPyConnection, audience: Audience, now: datetime, *, only_exits: bool
) -> None:
    """Replace `membership` with its state after this run, given `standing`.

    Args:
        connection: Database with both tables.
        audience: The audience; its re-entry policy applies.
        now: Time of entries and exits.
        only_exits: End only intervals whose exit protects the customer; change nothing else.
    """
    leaving = sql.load(__package__, "leaving", protective=str(PROTECTIVE))
    connection.execute(f"create or replace table leaving as {leaving}")
    if only_exits:
        connection.execute("delete from leaving where not is_protective")
    connection.execute(
        f"create or replace table next_membership as {sql.load(__package__, 'next_membership')}",
        {"now": now, "after": audience.reentry_days, "may_enter": not only_exits},
    )
    names = sql.names(name for name, _ in INTERVAL_COLUMNS)
    connection.execute(f"create or replace table membership as select {names} from next_membership")
