"""The queries that give the rows to land, all with the columns of a landed file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from core import sql
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.postgres.keys import CHANGED, DELETED, FRESH
from ingestion.postgres.snapshot import Snapshot
from ingestion.postgres.source import CONNECTIONS, SourceConnection
from ingestion.postgres.table import SourceTable

#: Tables of fewer pages (of 8 KB each) are read over one connection: opening another costs more.
LARGE_PAGES = 2_000
#: More than connections, so that none idles when pages are filled unevenly.
RANGES = 4 * CONNECTIONS
#: Aim of a record batch, of which a few are in memory at a time; and its limits in rows.
BATCH_BYTES = 8 << 20
LEAST_ROWS, MOST_ROWS = 2_048, 65_536


@dataclass(frozen=True)
class RowQueries:
    """Rows of one table, as DuckDB queries."""

    source: SourceConnection
    snapshot: Snapshot
    zone: LandingZone
    table: SourceTable
    dataset: str
    name: str

    @property
    def per_batch(self) -> int:
        """How many rows of this table make a record batch."""
        rows = BATCH_BYTES // (self.table.found.row_bytes or 1)
        return max(LEAST_ROWS, min(MOST_ROWS, rows))

    def all(self) -> list[str]:
        """The whole table; a large one in ranges of pages, to be read at the same time."""
        pages = self.table.found.pages
        if pages < max(LARGE_PAGES, RANGES):
            return [self._landed(self._sent())]
        starts = [pages * part // RANGES for part in range(1, RANGES)]
        # open at both ends: the number of pages is no more than a hint
        limits = [f"ctid < '({starts[0]},0)'"]
        limits += [f"ctid >= '({a},0)' and ctid < '({b},0)'" for a, b in pairwise(starts)]
        limits += [f"ctid >= '({starts[-1]},0)'"]
        return [self._landed(self._sent(f"where {limit}")) for limit in limits]

    def fresh(self) -> list[str]:
        """Row versions in CHANGED whose keys are in FRESH."""
        rows = f"(from {CHANGED} semi join {FRESH} using ({self._keys}))"
        columns = sql.names(column.name for column in self.table.columns)
        return [f"select {columns}, _issues, _xid, {self._origin('upsert')} from {rows}"]

    def different(self) -> list[str]:
        """Rows that are not landed as they are, found by comparing every value."""
        columns = sql.names([*(column.name for column in self.table.columns), "_issues", "_xid"])
        versions = scan(self.zone, self.dataset, [*self.table.types, "_issues", "_xid", "_op"])
        newest = f"qualify row_number() over (partition by {self._keys} order by _seq desc) = 1"
        landed = f"select {columns} from (from ({versions}) {newest}) where _op = 'upsert'"
        xid = f"{self.snapshot.transaction_id} as _xid"
        now = f"select {self.table.taken}, _issues, {xid} from {self._sent()}"
        return [f"select *, {self._origin('upsert')} from ({now} except {landed})"]

    def deletes(self) -> str:
        """Keys in DELETED, with nothing else."""
        columns = ", ".join(
            sql.name(column.name) if column in self.table.keys else column.absent
            for column in self.table.columns
        )
        nothing = "null::text as _issues, null::bigint as _xid"
        return f"select {columns}, {nothing}, {self._origin('delete')} from {DELETED}"

    @property
    def _keys(self) -> str:
        return sql.names(self.table.spec.primary_key)

    def _sent(self, where: str = "") -> str:
        return self.source.relation(f"select {self.table.sent} from {self.table.name} {where}")

    def _landed(self, relation: str) -> str:
        xid = f"{self.snapshot.transaction_id} as _xid"
        return (
            f"select {self.table.taken}, _issues, {xid}, {self._origin('upsert')} from {relation}"
        )

    def _origin(self, operation: str) -> str:
        return f"'{operation}'::text as _op, {sql.text(self.name)}::text as _source"
