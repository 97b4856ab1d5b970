"""One table of the OLTP into one Parquet file: new and changed rows, and keys that vanished."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingestion.landing import Batch, Counts, LandingZone, Position, parquet
from ingestion.postgres.catalog import SourceTable, TableError, identifier
from ingestion.postgres.snapshot import Snapshot
from ingestion.postgres.source import Source
from ingestion.warehouse.connection import quote

#: A larger part of a table than this does not vanish on a normal day.
BRAKE = 0.20

VANISHED, ADDED, LANDED_KEYS, SOURCE_KEYS = "vanished", "added", "landed_keys", "source_keys"


@dataclass(frozen=True)
class TableReader:
    """Reads tables of one source in one snapshot into one batch."""

    source: Source
    snapshot: Snapshot
    zone: LandingZone
    batch: Batch
    name: str
    accept_deletes: bool

    def read(self, table: SourceTable) -> tuple[Counts, Position]:
        """Stages the table's changes, without committing them.

        Raises:
            TableError: more than a fifth of the table vanished, or all of it.
        """
        dataset = f"{self.name}/{table.spec.qualified}"
        previous = self.batch.position(dataset)
        position = self.snapshot.position(table.oid, _fingerprint(table))
        deleted = self._compare_keys(table, dataset)
        if previous is None:
            mode, horizon = "full", None
        elif self.snapshot.continues(previous, table.oid, _fingerprint(table)):
            mode, horizon = "delta", previous["horizon"]
        else:
            mode, horizon = "resync", None
        written = self._write(table, dataset, horizon)
        if horizon is not None and self._lacks_a_key(table, dataset):
            # rows came to this table without being written to it: a partition was attached, or a
            # row policy opened
            self.batch.discard(dataset)
            mode, written = "resync", self._write(table, dataset, None)
        rows = written - deleted
        return Counts(mode, rows_read=rows, rows_landed=rows, rows_deleted=deleted), position

    def _compare_keys(self, table: SourceTable, dataset: str) -> int:
        """Fills the tables of keys that vanished and that are new; counts the vanished."""
        keys = _names(table.spec.primary_key)
        self._table(LANDED_KEYS, self._landed_keys(table, dataset))
        self._table(SOURCE_KEYS, f"from {self.source.relation(f'select {keys} from {table.name}')}")
        self._table(VANISHED, f"from {LANDED_KEYS} anti join {SOURCE_KEYS} using ({keys})")
        self._table(ADDED, f"from {SOURCE_KEYS} anti join {LANDED_KEYS} using ({keys})")
        vanished, landed, left = (
            self._count(name) for name in (VANISHED, LANDED_KEYS, SOURCE_KEYS)
        )
        is_too_many = vanished > landed * BRAKE or (vanished and not left)
        if is_too_many and not self.accept_deletes:
            raise TableError(
                f"{table.spec.qualified}: {vanished} of {landed} rows vanished from the OLTP, more "
                f"than {BRAKE:.0%}: nothing of it was landed; if that is right, accept deletes"
            )
        return vanished

    def _landed_keys(self, table: SourceTable, dataset: str) -> str:
        """SQL for the keys whose newest landed version is not a delete."""
        keys = _names(table.spec.primary_key)
        versions = [
            f"select {keys}, _op, {number} as _seq from {_scan([str(self.zone.path(file))])}"
            for number, file in self.zone.files(dataset)
        ]
        if not versions:
            types = dict(table.spec.columns)
            columns = (f"null::{types[k]} as {identifier(k)}" for k in table.spec.primary_key)
            return f"select {', '.join(columns)} where false"
        return (
            f"select {keys} from ({' union all '.join(versions)}) group by {keys} "
            "having arg_max(_op, _seq) = 'upsert'"
        )

    def _write(self, table: SourceTable, dataset: str, horizon: int | None) -> int:
        """Writes rows at or after the horizon (all if None) and deletes; returns their number."""
        schema, batches = self.source.stream(
            f"select * replace (_op::text as _op) from (select s.*, 'upsert' as _op "
            f"from ({self._changed(table, dataset, horizon)}) as s union all by name "
            f"select *, 'delete' as _op from {VANISHED}), (select '{quote(self.name)}' as _source)"
        )
        return parquet.write(self.batch.stage(dataset), schema, batches)

    def _changed(self, table: SourceTable, dataset: str, horizon: int | None) -> str:
        select = (
            f"select {table.select_list}, {self.snapshot.transaction_id} as _xid from {table.name}"
        )
        if horizon is None:
            return f"from {self.source.relation(select)}"
        changed = self.source.relation(f"{select} where {self.snapshot.since(horizon)}")
        files = [str(self.zone.path(file)) for _, file in self.zone.files(dataset)]
        if not files:
            return f"from {changed}"
        key = f"{_names(table.spec.primary_key)}, _xid"
        landed = f"select {key} from {_scan(files)} where _xid >= {horizon}"
        return f"select s.* from {changed} as s anti join ({landed}) as l using ({key})"

    def _lacks_a_key(self, table: SourceTable, dataset: str) -> bool:
        """Whether a key of the source is neither landed nor in what was just written."""
        keys = _names(table.spec.primary_key)
        written = _scan([str(path) for path in self.batch.staged(dataset)])
        rows = self.source.local(
            f"select 1 from {ADDED} anti join {written} using ({keys}) limit 1"
        ).fetchall()
        return bool(rows)

    def _table(self, name: str, query: str) -> None:
        self.source.local(f"create or replace temp table {name} as {query}")

    def _count(self, name: str) -> int:
        return int(self.source.local(f"select count(*) from {name}").fetchall()[0][0])


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(map(identifier, columns))


def _scan(paths: list[str]) -> str:
    listed = ", ".join(f"'{quote(path)}'" for path in paths)
    return f"read_parquet([{listed}], union_by_name = true)"


def _fingerprint(table: SourceTable) -> str:
    """Changes with the contract's columns: a new one has values that no transaction wrote."""
    columns = ",".join(f"{name} {raw}" for name, raw in table.spec.all_columns)
    return hashlib.sha256(columns.encode()).hexdigest()[:16]
