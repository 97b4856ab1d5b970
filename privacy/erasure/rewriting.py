"""Landed files are written again without what they hold of the erased; the old ones are removed.

Each file is committed by itself, and a file that holds nothing is left alone: a second pass after a
crash goes on where the first one ended. Rows that are held or not reviewed yet are no exception.
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
    """Takes customers out of a landing zone.

    Args:
        zone: The zone; their tombstones are landed.
        records: Whom to take out.
        values: What identifies them and nobody else.
    """

    def __init__(
        self, zone: LandingZone, records: Collection[Record], values: Collection[str]
    ) -> None:
        self._zone = zone
        self._exclusion = Exclusion.of(zone)
        self._names = [f"{affiliate}:{customer}" for affiliate, customer in records]
        self._forms = {form for value in values for form in forms(value)}

    def run(self) -> Counter[str]:
        """Rewrites every file that holds something; dataset → rows stripped or dropped.

        Raises:
            AffiliateError: a file is lost or damaged, or the disk is full; files before it are
                done.
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
        """Rows of a file that hold something of the erased."""
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
            return self._aside(batch)
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
        told = self._told(messages)
        # a request is kept: it names a record and nothing else, unless it says more
        if topic == topics.ERASURES.name:
            return told
        return told | self._exclusion.messages(_TOPICS.get(topic), messages)

    def _aside(self, batch: pa.RecordBatch) -> Mask:
        """Quarantined messages, topic by topic: what a key means is the topic's to say."""
        messages = pa.Table.from_batches([batch])
        mask = self._told(messages)
        topics = np.array(batch.column("topic").to_pylist(), object)
        for topic in set(topics.tolist()):
            mine = topics == topic
            mask[mine] |= self._exclusion.messages(
                _TOPICS.get(topic), messages.filter(pa.array(mine))
            )
        return mask

    def _told(self, messages: pa.Table) -> Mask:
        """Messages that say one of the values, whoever they are of."""
        told = np.zeros(len(messages), np.bool_)
        for name in ("key", "value", "document"):
            if name in messages.column_names:
                for form in self._forms:
                    hit = pc.match_substring(messages[name], form, ignore_case=True)
                    told |= hit.fill_null(False).to_numpy(zero_copy_only=False)
        return told


def _strip(rows: pa.RecordBatch, first: int, *, mask: Mask, kept: frozenset[str]) -> pa.RecordBatch:
    return stripped(rows, pa.array(mask[first : first + rows.num_rows]), kept)


def _personal(batch: pa.RecordBatch, table: TableSpec) -> Mask:
    """Rows that hold more than what is kept."""
    holds = np.zeros(batch.num_rows, np.bool_)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == "_issues":
            found = pc.match_substring(column, "=").fill_null(False)
            holds |= found.to_numpy(zero_copy_only=False)
        elif name not in table.kept:
            holds |= column.is_valid().to_numpy(zero_copy_only=False)
    return holds
