"""Steward decisions about pairs of records, in an append-only ledger.

The newest decision about a pair is in force, so a later decision can revert an earlier one. A
decision is durable at once and takes effect with the next identity resolution.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

import pyarrow as pa

from contracts.ledgers import DECISIONS
from core.duckdb_session import connect
from core.errors import AffiliateError
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.manifest import LEDGER
from ingestion.landing.scan import scan

Verb = Literal["same", "different"]
#: Two records, the one whose id comes first in byte order first.
Pair = tuple[str, str]


@dataclass(frozen=True)
class Decision:
    """One decision of a steward.

    Attributes:
        decision_id: ID of the decision.
        decision: `same` or `different`.
        decided_by: Name of the steward.
        decided_at: UTC.
        reason: Reason, as typed.
        pairs: All pairs that it is about.
        in_force: The pairs that no later decision is about.
    """

    decision_id: str
    decision: Verb
    decided_by: str
    decided_at: datetime
    reason: str
    pairs: tuple[Pair, ...]
    in_force: frozenset[Pair]


def pair(one: str, other: str) -> Pair:
    """Return the two as an ordered pair, by code points, which is the byte order of UTF-8."""
    return (one, other) if one < other else (other, one)


def read(zone: LandingZone) -> list[Decision]:
    """Return all decisions, oldest first.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    columns = [name for name, _ in DECISIONS.columns]
    with zone.reading(), closing(connect()) as connection:
        for _, file in zone.live(DECISIONS.dataset):
            verify_checksum(zone, file)
        rows = connection.execute(
            f"select {', '.join(columns)} from ({scan(zone, DECISIONS.dataset, columns)}) "
            "order by _seq, left_record_id, right_record_id"
        ).fetchall()
    pairs: dict[str, list[Pair]] = {}
    acts: dict[str, tuple[Verb, str, datetime, str]] = {}
    newest: dict[Pair, str] = {}
    for act, decision, left, right, by, at, reason in rows:
        acts[act] = (decision, by, at, reason)
        pairs.setdefault(act, []).append((left, right))
        newest[left, right] = act
    return [
        Decision(
            act, *content, tuple(pairs[act]), frozenset(p for p in pairs[act] if newest[p] == act)
        )
        for act, content in acts.items()
    ]


def in_force(decisions: Iterable[Decision]) -> dict[Pair, Decision]:
    """Return pair → the decision in force."""
    return {pair: decision for decision in decisions for pair in decision.in_force}


def land(
    zone: LandingZone, decision: Verb, pairs: Iterable[Pair], *, by: str, reason: str, at: datetime
) -> Decision:
    """Land a decision durably.

    Args:
        zone: The landing zone.
        decision: `same` or `different`.
        pairs: At least one pair.
        by: Name of the steward.
        reason: Reason.
        at: Time, UTC.

    Raises:
        ConcurrentRunError: another decision was landed at the same time; this one was not.
        AffiliateError: the disk is full.
    """
    decided = tuple(sorted(set(pairs)))
    act = Decision(uuid4().hex[:12], decision, by, at, reason, decided, frozenset(decided))
    rows = [
        {
            "decision_id": act.decision_id,
            "decision": decision,
            "left_record_id": left,
            "right_record_id": right,
            "decided_by": by,
            "decided_at": at,
            "reason": reason,
        }
        for left, right in decided
    ]
    with zone.batch("identity") as batch:
        table = pa.RecordBatch.from_pylist(rows, DECISIONS.schema)
        written = parquet.write(batch.stage(DECISIONS.dataset), DECISIONS.schema, [table])
        counts = Counts(LEDGER, rows_read=len(rows), rows_landed=written)
        batch.record(DECISIONS.dataset, counts, {"decision_id": act.decision_id})
        if batch.commit() is None:
            raise AffiliateError("a decision needs pairs of records")
    return act
