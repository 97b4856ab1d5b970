"""Build the queries for the rows to land, with the columns of a landed file."""

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

#: Smaller tables (in pages of 8 KB) are read over one connection, because opening more is slower.
LARGE_PAGES = 2_000
#: More ranges than connections, so that no connection idles if pages are filled unevenly.
RANGES = 4 * CONNECTIONS
#: Target size of a record batch, of which a few are in memory at a time, and its limits in rows.
BATCH_BYTES = 8 << 20
MIN_ROWS, MAX_ROWS = 2_048, 65_536


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
        """Number of rows per record batch."""
        rows = BATCH_BYTES // (self.table.found.row_bytes or 1)
        return max(MIN_ROWS, min(MAX_ROWS, rows))

    def all(self) -> list[str]:
        """Return queries for the whole table; a large table is split into ranges of pages."""
        pages = self.table.found.pages
        if pages < max(LARGE_PAGES, RANGES):
            return [self._landed(self._sent())]
        starts = [pages * part // RANGES for part in range(1, RANGES)]
        # open at both ends, because the number of pages is an estimate
        limits = [f"ctid < '({starts[0]},0)'"]
        limits += [f"ctid >= '({a},0)' and ctid < '({b},0)'" for a, b in pairwise(starts)]
        limits += [f"ctid >= '({starts[-1]},0)'"]
        return [self._landed(self._sent(f"where {limit}")) for limit in limits]

    def fresh(self) -> list[str]:
        """Return the query for the row versions in CHANGED whose keys are in FRESH."""
        rows = f"(from {CHANGED} semi join {FRESH} using ({self._keys}))"
        columns = sql.names(column.name for column in self.table.columns)
        return [f"select {columns}, _issues, _xid, {self._origin('upsert')} from {rows}"]

    def different(self) -> list[str]:
        """Return the query for rows that differ from the landed ones, by comparing all values."""
        versions = scan(self.zone, self.dataset, [*self.table.types, "_issues", "_xid", "_op"])
        return [
            sql.load(
                __package__,
                "different_rows",
                landed_rows=f"({versions})",
                source_rows=self._sent(),
                keys=self._keys,
                columns=sql.names(column.name for column in self.table.columns),
                taken=self.table.taken,
                transaction_id=str(self.snapshot.transaction_id),
                origin=self._origin("upsert"),
            )
        ]

    def deletes(self) -> str:
        """Return the query for deletes: the keys in DELETED, with nulls in other columns."""
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
