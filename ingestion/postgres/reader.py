"""Read the changes of one OLTP table into one Parquet file: upserts and deletes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from contracts.tables import TableSpec
from ingestion.landing import Batch, Counts, LandingZone, Position, parquet
from ingestion.landing.exclusion import Exclusion
from ingestion.postgres.keys import Checksum, TableKeys
from ingestion.postgres.rows import RowQueries
from ingestion.postgres.schema_drift import TableError
from ingestion.postgres.snapshot import Snapshot
from ingestion.postgres.source import SourceConnection
from ingestion.postgres.table import SourceTable

#: A run that would delete a larger share of a table fails, unless deletes are accepted.
MAX_DELETED_SHARE = 0.20


@dataclass(frozen=True)
class TableReader:
    """Reads tables of one source in one snapshot into one batch."""

    source: SourceConnection
    snapshot: Snapshot
    zone: LandingZone
    batch: Batch
    name: str
    accept_deletes: bool
    exclusion: Exclusion

    def read(self, table: SourceTable, dataset: str) -> tuple[Counts, Position]:
        """Stage the changes of a table, without committing them.

        Raises:
            TableError: too many rows of the table were deleted.
        """
        keys = TableKeys(self.source, self.snapshot, self.zone, table, dataset)
        rows = RowQueries(self.source, self.snapshot, self.zone, table, dataset, self.name)
        identity = self.snapshot.position(table.found.oid, table.fingerprint)
        previous = self.batch.position(dataset)
        now: Checksum | None = None
        deleted = 0
        if previous is None:
            mode, queries = "full", rows.all()
        elif not self.snapshot.continues(previous, table.found.oid, table.fingerprint):
            deleted = self._deleted(keys)
            mode, queries = "resync", rows.all()
        elif not table.found.has_versions or self.snapshot.has_restarted(previous):
            deleted = self._deleted(keys)
            mode = "resync" if table.found.has_versions else "delta"
            queries = rows.different()
        else:
            fresh, now = keys.find_changed(previous["horizon"])
            mode, queries = "delta", rows.fresh() if fresh else []
            if not keys.add_up(Checksum.of(previous), now):
                deleted = self._deleted(keys)
                if keys.has_unchanged_inserts():
                    mode, queries = "resync", rows.all()
        now = now or keys.checksum()
        position = {**identity, **now.position(), "types": table.types}
        written = self._write(table.spec, dataset, rows, queries, deleted)
        read = written - deleted
        return Counts(mode, rows_read=read, rows_landed=read, rows_deleted=deleted), position

    def _deleted(self, keys: TableKeys) -> int:
        """Compare all keys and return the number of deletes; raise if there are too many."""
        deleted, landed, left = keys.compare()
        is_too_many = deleted > landed * MAX_DELETED_SHARE or (deleted and not left)
        if is_too_many and not self.accept_deletes:
            raise TableError(
                f"{keys.table.spec.qualified}: {deleted} of {landed} rows were deleted, "
                f"more than {MAX_DELETED_SHARE:.0%}: the table was not landed; if this is correct, "
                "accept the deletes (--accept-deletes)"
            )
        return deleted

    def _write(
        self, spec: TableSpec, dataset: str, rows: RowQueries, queries: list[str], deleted: int
    ) -> int:
        batches = chain(
            self.exclusion.strip(spec, self.source.stream(queries, rows.per_batch)),
            self.source.stream([rows.deletes()] if deleted else [], rows.per_batch),
        )
        first = next(batches, None)
        if first is None:
            return 0
        return parquet.write(self.batch.stage(dataset), first.schema, chain([first], batches))
