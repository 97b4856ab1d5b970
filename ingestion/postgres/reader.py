"""One table of the OLTP into one Parquet file: new and changed rows, and keys that vanished."""

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

#: A larger part of a table than this does not vanish on a normal day.
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
        """Stages the table's changes, without committing them.

        Raises:
            TableError: more than a fifth of the table vanished, or all of it.
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
        """Compares all keys and counts those to delete, unless they are too many."""
        vanished, landed, left = keys.compare()
        is_too_many = vanished > landed * MAX_DELETED_SHARE or (vanished and not left)
        if is_too_many and not self.accept_deletes:
            raise TableError(
                f"{keys.table.spec.qualified}: {vanished} of {landed} rows vanished from the OLTP, "
                f"more than {MAX_DELETED_SHARE:.0%}: nothing of it was landed; if that is right, "
                "accept deletes (--accept-deletes)"
            )
        return vanished

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
