"""Snapshots and the low watermark: changes are found by transaction ID, not by `updated_at`.

A transaction that was open during the last run may later commit rows with old timestamps and IDs.
Its IDs, and those of its savepoints, are at or after that run's *low watermark*: the oldest
transaction open at that time. Each run therefore reads all row versions at or after the last low
watermark again, and drops those already landed by comparing (key, transaction ID).
"""

from __future__ import annotations

from dataclasses import dataclass

from core import sql
from ingestion.landing import Position
from ingestion.postgres.source import SourceConnection

#: Row versions store 32 bits of their transaction ID; after 2^31 IDs, old and new are ambiguous.
MAX_TRANSACTIONS = 1_500_000_000


@dataclass(frozen=True)
class Snapshot:
    """Snapshot that a run reads.

    Attributes:
        low_watermark: Oldest open transaction; all earlier ones are complete.
        next_id: First unassigned transaction ID.
        counter: Transaction ID that PostgreSQL's `age()` is relative to.
        system_id: Identifier of the database cluster.
        timeline: Increases with point-in-time recovery and promotion.
        started: Start time of the server. It is the only sign that the files of a cluster were
            restored to an earlier state.
    """

    low_watermark: int
    next_id: int
    counter: int
    system_id: str
    timeline: int
    started: str

    @property
    def transaction_id(self) -> str:
        """DuckDB SQL for the 64-bit ID of the transaction that wrote a row, from its `_age`."""
        return f"({self.counter} - _age)::bigint"

    def since(self, low_watermark: int) -> str:
        """Return a PostgreSQL predicate for row versions at or after the low watermark.

        Negative ages are IDs from before a wraparound. Most rows fail the first test.
        """
        return f"(age(xmin) <= {self.counter - low_watermark} and age(xmin) >= 0)"

    def position(self, table_oid: int, columns: str) -> Position:
        """Return the position of a table in this snapshot, for the manifest."""
        return {
            "system_id": self.system_id,
            "timeline": self.timeline,
            "started": self.started,
            "horizon": self.low_watermark,
            "next_id": self.next_id,
            "table_oid": table_oid,
            "columns": columns,
        }

    def continues(self, previous: Position, table_oid: int, columns: str) -> bool:
        """True if a delta is safe: same cluster, timeline, table and columns, and not too old."""
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
        """True if the server was restarted, so that transaction IDs may have been reused."""
        return bool(previous.get("started") != self.started)


def take_snapshot(source: SourceConnection) -> Snapshot:
    """Take the snapshot for all later queries; needs no privileges besides SELECT."""
    low_watermark, next_id, counter, system_id, timeline, started = source.rows(
        sql.load(__package__, "snapshot")
    )[0]
    return Snapshot(low_watermark, next_id, counter, str(system_id), timeline, started)
