"""Rewrite landed files without the data of erased customers, and delete the old files.

Each file is committed separately, and a file without such data is skipped, so a second pass after a
crash continues where the first one ended. Held and not yet validated rows are included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts import ledgers, tables, topics
from contracts.ledgers import LedgerSpec
from contracts.tables import CUSTOMER_ID, TableSpec
from ingestion.landing import LandedFile, LandingZone
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.exclusion import Exclusion, Mask, stripped
from ingestion.landing.rewrite import READ_ROWS, rewrite
from ingestion.landing.tombstones import SOURCE, Record
from privacy.erasure.residue import forms

_TOPICS = {spec.name: spec for spec in topics.TOPICS}


class Rewriter:
    """Removes customers from a landing zone.

    Args:
        zone: The landing zone; tombstones of the customers are landed.
        records: The records to remove.
        values: Values that identify these records only.
    """

    def __init__(
        self, zone: LandingZone, records: Collection[Record], values: Collection[str]
    ) -> None:
        self._zone = zone
        self._exclusion = Exclusion.of(zone)
        self._names = [f"{affiliate}:{customer}" for affiliate, customer in records]
        self._forms = {form for value in values for form in forms(value)}

    def run(self) -> Counter[str]:
        """Rewrite every affected file; return dataset → number of rows stripped or dropped.

        Raises:
            AffiliateError: a file is lost or damaged, or the disk is full; earlier files are done.
        """
        done: Counter[str] = Counter()
        for number, file in self._zone.live():
            if rows := self._file(number, file):
                done[file.dataset] += rows
        self._zone.vacuum()
        return done

    def _file(self, number: int, file: LandedFile) -> int:
        table = tables.of_dataset(file.dataset)
        is_table = file.dataset.startswith("oltp/")
        if is_table and (table is None or table.subject is None):
            return 0
        verify_checksum(self._zone, file)
        mask = self._mask(file)
        if not mask.any():
            return 0
        rows = int(mask.sum())
        with self._zone.batch(SOURCE) as batch:
            path = batch.stage(file.dataset, file.kind)
            if table is None:
                rewrite(self._zone, [(number, file)], path, keep={file.path: ~mask})
                batch.drop(file.dataset, rows)
            else:
                change = partial(_strip, mask=mask, kept=table.kept)
                rewrite(self._zone, [(number, file)], path, change=change)
                batch.drop(file.dataset, 0)
            batch.replace([file])
            batch.commit()
        return rows

    def _mask(self, file: LandedFile) -> Mask:
        """Return the rows of a file with data of erased customers."""
        masks = [np.zeros(0, np.bool_)]
        with pq.ParquetFile(self._zone.path(file)) as opened:
            masks += [self._of(file, batch) for batch in opened.iter_batches(READ_ROWS)]
        return np.concatenate(masks)

    def _of(self, file: LandedFile, batch: pa.RecordBatch) -> Mask:
        kind, _, name = file.dataset.partition("/")
        if table := tables.of_dataset(file.dataset):
            return self._exclusion.rows(table, batch) & _personal(batch, table)
        if kind == "events":
            return self._messages(name, pa.Table.from_batches([batch]))
        if kind == "quarantine":
            return self._quarantined(batch)
        if ledger := ledgers.of_dataset(file.dataset):
            return self._of_ledger(ledger, batch)
        return np.zeros(batch.num_rows, np.bool_)

    def _of_ledger(self, ledger: LedgerSpec, batch: pa.RecordBatch) -> Mask:
        mask = np.zeros(batch.num_rows, np.bool_)
        for name in ledger.erased_by:
            mask |= np.isin(batch.column(name).to_pylist(), self._names)
        if ledger.is_of_customer:
            ids = (batch.column("affiliate_id"), batch.column(CUSTOMER_ID))
            whose = zip(*(column.to_pylist() for column in ids), strict=True)
            mask |= np.isin([f"{one}:{customer}" for one, customer in whose], self._names)
        return mask

    def _messages(self, topic: str, messages: pa.Table) -> Mask:
        with_values = self._with_values(messages)
        # a request is kept, because it names only a record, unless it contains a value
        if topic == topics.ERASURES.name:
            return with_values
        return with_values | self._exclusion.messages(_TOPICS.get(topic), messages)

    def _quarantined(self, batch: pa.RecordBatch) -> Mask:
        """Return affected quarantined messages, by topic, because the key depends on the topic."""
        messages = pa.Table.from_batches([batch])
        mask = self._with_values(messages)
        topics = np.array(batch.column("topic").to_pylist(), object)
        for topic in set(topics.tolist()):
            mine = topics == topic
            mask[mine] |= self._exclusion.messages(
                _TOPICS.get(topic), messages.filter(pa.array(mine))
            )
        return mask

    def _with_values(self, messages: pa.Table) -> Mask:
        """Return messages that contain one of the values, whichever customer they are about."""
        found = np.zeros(len(messages), np.bool_)
        for name in ("key", "value", "document"):
            if name in messages.column_names:
                for form in self._forms:
                    hit = pc.match_substring(messages[name], form, ignore_case=True)
                    found |= hit.fill_null(False).to_numpy(zero_copy_only=False)
        return found


def _strip(rows: pa.RecordBatch, first: int, *, mask: Mask, kept: frozenset[str]) -> pa.RecordBatch:
    return stripped(rows, pa.array(mask[first : first + rows.num_rows]), kept)


def _personal(batch: pa.RecordBatch, table: TableSpec) -> Mask:
    """Return rows with more than the columns that are kept."""
    holds = np.zeros(batch.num_rows, np.bool_)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == "_issues":
            found = pc.match_substring(column, "=").fill_null(False)
            holds |= found.to_numpy(zero_copy_only=False)
        elif name not in table.kept:
            holds |= column.is_valid().to_numpy(zero_copy_only=False)
    return holds
