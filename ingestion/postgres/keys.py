"""Find inserted and deleted keys by comparing the source table with the landed rows.

An exact comparison reads all keys. A checksum of the keys in the manifest makes that unnecessary in
most runs: if the last checksum plus that of new keys equals the current one, no key was deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

from core import sql
from ingestion.landing import LandingZone, Position
from ingestion.landing.scan import scan
from ingestion.postgres.snapshot import Snapshot
from ingestion.postgres.source import SourceConnection
from ingestion.postgres.table import SourceTable

#: Temporary tables in DuckDB. CHANGED: row versions at or after the low watermark. KNOWN: newest
#: landed versions of their keys. FRESH: keys of versions not landed yet. NEW: FRESH without a
#: landed key.
CHANGED, KNOWN, FRESH, NEW = "changed", "known", "fresh", "new"
#: Landed keys except deletes; keys of the source; keys only in the former; keys only in the latter.
LANDED, PRESENT, DELETED, INSERTED = "landed", "present", "deleted", "inserted"
#: Marks a delete in place of a transaction ID; no transaction has this ID.
DELETE_MARKER = -1 << 62
#: PostgreSQL aggregates at most 2^26 ctids; a page of the largest size has 1,169 rows.
MAX_CTID_PAGES = 57_000


@dataclass(frozen=True)
class Checksum:
    """Number of keys and the sum of their hashes."""

    keys: int
    total: int

    @classmethod
    def of(cls, position: Position) -> Checksum | None:
        """Return the checksum in a position; old positions have none."""
        if "keys" not in position:
            return None
        return cls(position["keys"], int(position["key_sum"]))

    def __add__(self, other: Checksum) -> Checksum:
        return Checksum(self.keys + other.keys, self.total + other.total)

    def position(self) -> Position:
        """Return the checksum for the manifest."""
        return {"keys": self.keys, "key_sum": str(self.total)}


@dataclass(frozen=True)
class TableKeys:
    """Keys of one table in the source and in the landing zone."""

    source: SourceConnection
    snapshot: Snapshot
    zone: LandingZone
    table: SourceTable
    dataset: str

    @property
    def listed(self) -> str:
        """Key columns, as SQL."""
        return sql.names(column.name for column in self.table.keys)

    def checksum(self) -> Checksum:
        """Return the checksum of the current keys of the table."""
        query = sql.load(
            __package__,
            "key_checksum",
            key_hash=self.table.key_hash,
            source_table=self.table.name,
        )
        return self._sum(self.source.relation(query))

    def find_changed(self, low_watermark: int) -> tuple[int, Checksum]:
        """Fill CHANGED, FRESH and NEW.

        Returns:
            Number of row versions to land, and the checksum of all keys.
        """
        changed = self.source.relation(self._changed(low_watermark))
        columns = f"{self.table.taken}, _issues, {self.snapshot.transaction_id} as _xid"
        self._keep(CHANGED, f"select {columns}, _hash, _keys, _key_sum from {changed}")
        now = self._sum(f"(select _keys as n, _key_sum as total from {CHANGED} limit 1)")
        self.source.local(f"delete from {CHANGED} where _hash is null")
        # skip reading landed rows if there are no changes to compare
        is_any = self._count(CHANGED)
        among = f"semi join {CHANGED} using ({self.listed})" if is_any else "where false"
        self._keep(KNOWN, self._newest(among))
        on = f"{self.listed}, _xid"
        versions = f"(select {on}, _hash from {CHANGED})"
        self._keep(FRESH, f"from {versions} anti join (from {KNOWN} where is_alive) using ({on})")
        alive = f"(from {KNOWN} where is_alive)"
        self._keep(NEW, f"from {FRESH} anti join {alive} using ({self.listed})")
        return self._count(FRESH), now

    def _changed(self, low_watermark: int) -> str:
        """Return PostgreSQL SQL for the row versions since a low watermark."""
        table, since = self.table, self.snapshot.since(low_watermark)
        if 0 < table.found.pages <= MAX_CTID_PAGES:
            return sql.load(
                __package__,
                "changed_rows_by_ctid",
                key_hash=table.key_hash,
                source_table=table.name,
                sent=table.sent,
                since=since,
            )
        return sql.load(
            __package__,
            "changed_rows",
            key_hash=table.key_hash,
            source_table=table.name,
            sent=table.sent,
            since=since,
        )

    def add_up(self, before: Checksum | None, now: Checksum) -> bool:
        """True if the previous keys and those in NEW are exactly the current keys."""
        if before is None:
            return False
        new = f"(select count(*) as n, coalesce(sum(_hash), 0)::text as total from {NEW})"
        return before + self._sum(new) == now

    def compare(self) -> tuple[int, int, int]:
        """Fill DELETED and INSERTED; return the numbers of deleted, landed and current keys."""
        sent = ", ".join(column.sent for column in self.table.keys)
        present = self.source.relation(f"select {sent} from {self.table.name}")
        self._keep(LANDED, f"select {self.listed} from ({self._newest()}) where is_alive")
        self._keep(PRESENT, f"select {self._taken()} from {present}")
        self._keep(DELETED, f"from {LANDED} anti join {PRESENT} using ({self.listed})")
        self._keep(INSERTED, f"from {PRESENT} anti join {LANDED} using ({self.listed})")
        return self._count(DELETED), self._count(LANDED), self._count(PRESENT)

    def has_unchanged_inserts(self) -> bool:
        """True if a row became visible without a write, such as by attaching a partition."""
        missing = f"select 1 from {INSERTED} anti join {CHANGED} using ({self.listed}) limit 1"
        return bool(self.source.local(missing).fetchall())

    def _newest(self, restriction: str = "") -> str:
        """Return SQL for the newest version of each landed key: is it alive, and its writer."""
        columns = [column.name for column in self.table.keys]
        rows = scan(self.zone, self.dataset, [*columns, "_op", "_xid"])
        return sql.load(
            __package__,
            "newest_keys",
            taken=self._taken(),
            keys=self.listed,
            delete_marker=str(DELETE_MARKER),
            landed_rows=f"({rows}) {restriction}",
        )

    def _taken(self) -> str:
        return ", ".join(column.taken for column in self.table.keys)

    def _keep(self, name: str, query: str) -> None:
        self.source.local(f"create or replace temp table {name} as {query}")

    def _count(self, name: str) -> int:
        return int(self.source.local(f"select count(*) from {name}").fetchall()[0][0])

    def _sum(self, relation: str) -> Checksum:
        keys, total = self.source.local(f"select n, total from {relation}").fetchall()[0]
        return Checksum(keys, int(total))
