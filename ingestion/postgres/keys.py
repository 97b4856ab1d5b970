"""Which keys a table has now, which were landed, and so which vanished or came.

Comparing all keys is exact and reads all of them. A checksum over the keys, kept in the manifest,
makes that needless in most runs: if the keys of the last run and those that came since add up to
what the table holds now, then none vanished.
"""

from __future__ import annotations

from dataclasses import dataclass

from core import sql
from ingestion.landing import LandingZone, Position
from ingestion.landing.scan import scan
from ingestion.postgres.snapshot import Snapshot
from ingestion.postgres.source import SourceConnection
from ingestion.postgres.table import SourceTable

#: Temporary tables in DuckDB. CHANGED: row versions at or after the horizon. KNOWN: what was landed
#: of their keys. FRESH: keys of versions that are not landed. NEW: those whose key is not either.
CHANGED, KNOWN, FRESH, NEW = "changed", "known", "fresh", "new"
#: Keys landed and alive; keys of the source; those only landed; those only in the source.
LANDED, PRESENT, DELETED, INSERTED = "landed", "present", "vanished", "appeared"
#: Stands for the writer of a version that says its row is gone; no transaction has this id.
GONE = -1 << 62
#: PostgreSQL aggregates at most 2^26 places; a page of the largest size has 1,169 rows.
MOST_NOTED_PAGES = 57_000


@dataclass(frozen=True)
class Checksum:
    """Number of keys and the sum of their hashes."""

    keys: int
    total: int

    @classmethod
    def of(cls, position: Position) -> Checksum | None:
        """What a position says, if it is not from before there were checksums."""
        if "keys" not in position:
            return None
        return cls(position["keys"], int(position["key_sum"]))

    def __add__(self, other: Checksum) -> Checksum:
        return Checksum(self.keys + other.keys, self.total + other.total)

    def position(self) -> Position:
        """What the manifest keeps."""
        return {"keys": self.keys, "key_sum": str(self.total)}


@dataclass(frozen=True)
class TableKeys:
    """Keys of one table, at the source and in the landing zone."""

    source: SourceConnection
    snapshot: Snapshot
    zone: LandingZone
    table: SourceTable
    dataset: str

    @property
    def listed(self) -> str:
        """The key columns, for SQL."""
        return sql.names(column.name for column in self.table.keys)

    def checksum(self) -> Checksum:
        """Of the keys that the table has now."""
        return self._sum(self.source.relation(self._summed()))

    def find_changed(self, horizon: int) -> tuple[int, Checksum]:
        """Fills CHANGED, FRESH and NEW.

        Returns:
            Number of row versions that are to be landed, and the checksum of all keys.
        """
        changed = self.source.relation(self._changed(horizon))
        xid = self.snapshot.transaction_id
        self._keep(
            CHANGED,
            f"select {self.table.taken}, _issues, {xid} as _xid, _hash, _keys, _key_sum "
            f"from {changed}",
        )
        now = self._sum(f"(select _keys as n, _key_sum as total from {CHANGED} limit 1)")
        self.source.local(f"delete from {CHANGED} where _hash is null")
        # what was landed is not read when there is nothing to compare it with
        is_any = self._count(CHANGED)
        among = f"semi join {CHANGED} using ({self.listed})" if is_any else "where false"
        self._keep(KNOWN, self._newest(among))
        on = f"{self.listed}, _xid"
        versions = f"(select {on}, _hash from {CHANGED})"
        self._keep(FRESH, f"from {versions} anti join (from {KNOWN} where is_alive) using ({on})")
        alive = f"(from {KNOWN} where is_alive)"
        self._keep(NEW, f"from {FRESH} anti join {alive} using ({self.listed})")
        return self._count(FRESH), now

    def _changed(self, horizon: int) -> str:
        """SQL for PostgreSQL: row versions since a horizon, each with the checksum of all keys.

        Without any, one row has the checksum and nulls. A table whose places can be noted is read
        once: the versions are then fetched from the places seen while the keys were summed.
        """
        table, since = self.table, self.snapshot.since(horizon)
        places, where = "", since
        if 0 < table.found.pages <= MOST_NOTED_PAGES:
            places = f", array_agg(ctid) filter (where {since}) as places"
            where = "ctid = any((select places from _all)::tid[])"
        return (
            f"with _all as materialized ({self._summed(places)}) "
            "select _row.*, (select n from _all) as _keys, (select total from _all) as _key_sum "
            f"from (select) as _once left join (select {table.sent}, {table.key_hash} as _hash "
            f"from {table.name} where {where}) as _row on true"
        )

    def _summed(self, more: str = "") -> str:
        """SQL for PostgreSQL: the checksum of the keys that the table has now."""
        return (
            f"select count(*) as n, coalesce(sum({self.table.key_hash}), 0)::text as total{more} "
            f"from {self.table.name}"
        )

    def add_up(self, before: Checksum | None, now: Checksum) -> bool:
        """Whether the keys landed before and those in NEW are all that the table has now."""
        if before is None:
            return False
        new = f"(select count(*) as n, coalesce(sum(_hash), 0)::text as total from {NEW})"
        return before + self._sum(new) == now

    def compare(self) -> tuple[int, int, int]:
        """Fills DELETED and INSERTED; counts vanished, landed and present keys."""
        sent = ", ".join(column.sent for column in self.table.keys)
        present = self.source.relation(f"select {sent} from {self.table.name}")
        self._keep(LANDED, f"select {self.listed} from ({self._newest()}) where is_alive")
        self._keep(PRESENT, f"select {self._taken()} from {present}")
        self._keep(DELETED, f"from {LANDED} anti join {PRESENT} using ({self.listed})")
        self._keep(INSERTED, f"from {PRESENT} anti join {LANDED} using ({self.listed})")
        return self._count(DELETED), self._count(LANDED), self._count(PRESENT)

    def has_unchanged_inserts(self) -> bool:
        """Whether a key came without being written: a partition attached, a row policy opened."""
        missing = f"select 1 from {INSERTED} anti join {CHANGED} using ({self.listed}) limit 1"
        return bool(self.source.local(missing).fetchall())

    def _newest(self, restriction: str = "") -> str:
        """SQL: per landed key whether its newest version is alive, and who wrote that."""
        columns = [column.name for column in self.table.keys]
        rows = scan(self.zone, self.dataset, [*columns, "_op", "_xid"])
        # one number a key, not a struct: DuckDB cannot spill the latter
        writer = f"case _op when 'upsert' then coalesce(_xid, 0) else {GONE} end"
        return (
            f"select {self._taken()}, newest <> {GONE} as is_alive, newest as _xid from ("
            f"select {self.listed}, arg_max({writer}, _seq) as newest "
            f"from ({rows}) {restriction} group by {self.listed})"
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
