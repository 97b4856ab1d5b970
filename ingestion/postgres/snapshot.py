"""Which rows changed since the last run, told by transaction ids and never by `updated_at`.

A transaction that was open at the last run may commit rows with old times and old ids afterwards.
Its ids are at or after that run's *horizon*, the oldest transaction open then; so are the ids of
its savepoints, which no snapshot lists. Every row version at or after the horizon is therefore read
again, and those landed before are dropped by comparing (key, transaction id).
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.landing import Position
from ingestion.postgres.source import SourceConnection

#: Row versions carry 32 bits of their transaction id; beyond 2^31 old and new look alike.
MAX_TRANSACTIONS = 1_500_000_000

# `counter` is the id that age() counts back from, in 64 bits
QUERY = """
select pg_snapshot_xmin(s)::text::bigint as horizon,
    pg_snapshot_xmax(s)::text::bigint as next_id,
    pg_snapshot_xmax(s)::text::bigint + age(pg_snapshot_xmax(s)::xid) as counter,
    (select system_identifier from pg_control_system()) as system_id,
    (select timeline_id from pg_control_checkpoint()) as timeline,
    pg_postmaster_start_time()::text as started
from pg_current_snapshot() as s
"""


@dataclass(frozen=True)
class Snapshot:
    """The instant a run reads.

    Attributes:
        horizon: Oldest transaction that was still open; all before it are complete.
        next_id: First transaction id not yet given out.
        counter: What PostgreSQL's `age()` counts back from in this transaction.
        system_id: Identity of the database cluster.
        timeline: Grows when a cluster is recovered to a point in time, or promoted.
        started: When the server started. Files of a cluster can be put back to an earlier state
            with nothing else to tell it, but not while it runs.
    """

    horizon: int
    next_id: int
    counter: int
    system_id: str
    timeline: int
    started: str

    @property
    def transaction_id(self) -> str:
        """SQL for DuckDB: the 64-bit id of the transaction that wrote a row, from its `_age`."""
        return f"({self.counter} - _age)::bigint"

    def since(self, horizon: int) -> str:
        """Predicate for PostgreSQL: the row version was written at or after `horizon`.

        Ages below zero are ids from before a wraparound; most rows fail the first test.
        """
        return f"(age(xmin) <= {self.counter - horizon} and age(xmin) >= 0)"

    def position(self, table_oid: int, columns: str) -> Position:
        """What the manifest keeps of a table read at this instant."""
        return {
            "system_id": self.system_id,
            "timeline": self.timeline,
            "started": self.started,
            "horizon": self.horizon,
            "next_id": self.next_id,
            "table_oid": table_oid,
            "columns": columns,
        }

    def continues(self, previous: Position, table_oid: int, columns: str) -> bool:
        """Whether a delta is safe: same cluster, history, table, columns, and not too long ago."""
        same = self.position(table_oid, columns)
        return (
            all(
                previous[name] == same[name]
                for name in ("system_id", "timeline", "table_oid", "columns")
            )
            and previous["next_id"] <= self.next_id
            and self.counter - previous["horizon"] <= MAX_TRANSACTIONS
        )

    def has_restarted(self, previous: Position) -> bool:
        """Whether transaction ids may have been given out twice since, for all we know."""
        return bool(previous.get("started") != self.started)


def take_snapshot(source: SourceConnection) -> Snapshot:
    """Takes the snapshot in which everything after it is read.

    Works with SELECT rights only: any role may call these functions.
    """
    horizon, next_id, counter, system_id, timeline, started = source.rows(QUERY)[0]
    return Snapshot(horizon, next_id, counter, str(system_id), timeline, started)
