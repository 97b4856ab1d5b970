"""Keep erased customers out of new data: rows are reduced to their keys, messages are dropped.

A row keeps its key; otherwise a source that still has the row would deliver it in every read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from contracts.tables import TableSpec
from contracts.topics import CUSTOMER_ID, TopicSpec
from ingestion.landing import LandingZone, tombstones
from ingestion.landing.message_owners import owners
from ingestion.landing.tombstones import Hasher, Record

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Exclusion:
    """Recognises rows and messages of erased customers.

    Args:
        hasher: Computes tombstones; None if no customer was erased.
        known: The tombstones of erased customers.
    """

    def __init__(self, hasher: Hasher | None = None, known: Collection[str] = ()) -> None:
        self._hasher = hasher
        self._tombstones = frozenset(known)

    @classmethod
    def of(cls, zone: LandingZone) -> Exclusion:
        """Return the exclusion of all customers who were erased from a zone.

        Raises:
            ConfigurationError: the key of its tombstones is lost.
        """
        hasher = tombstones.hasher_of(zone)
        return cls(hasher, tombstones.read(zone)) if hasher else cls()

    @property
    def is_empty(self) -> bool:
        """True if no customer was erased."""
        return self._hasher is None

    def has(self, record: Record) -> bool:
        """Return whether a customer record was erased."""
        return self._hasher is not None and self._hasher.record(*record) in self._tombstones

    def strip(self, spec: TableSpec, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield rows of an OLTP table; rows of erased customers keep only their keys.

        Args:
            spec: The table's contract.
            batches: Rows with the columns of landed files.
        """
        for batch in batches:
            if self.is_empty or spec.subject is None:
                yield batch
                continue
            mask = self.rows(spec, batch)
            yield stripped(batch, pa.array(mask), spec.kept) if mask.any() else batch

    def rows(self, spec: TableSpec, batch: pa.RecordBatch) -> Mask:
        """Return which rows of an OLTP table belong to erased customers."""
        if spec.subject is None:
            return np.zeros(batch.num_rows, np.bool_)
        affiliates = batch.column("affiliate_id").to_pylist()
        customers = batch.column(spec.subject.customer).to_pylist()
        mailbox = spec.subject.mailbox
        mailboxes = batch.column(mailbox).to_pylist() if mailbox else [None] * len(affiliates)
        return np.fromiter(
            map(self._is_row, affiliates, customers, mailboxes), np.bool_, len(affiliates)
        )

    def messages(self, topic: TopicSpec | None, messages: pa.Table) -> Mask:
        """Return which messages belong to erased customers.

        Args:
            topic: Contract of the topic; None if it has no contract any more.
            messages: Messages with `key`, `value` and optionally `document`.
        """
        if self.is_empty:
            return np.zeros(len(messages), np.bool_)
        found = owners(messages, is_keyed=topic is not None and topic.key == CUSTOMER_ID)
        return np.fromiter((self._is_message(*one) for one in found), np.bool_, len(messages))

    def _is_row(self, affiliate: int | None, customer: int | None, mailbox: str | None) -> bool:
        if self._hasher is None or affiliate is None:
            return False
        if customer is not None:
            return self.has((affiliate, customer))
        return mailbox is not None and self._hasher.mailbox(affiliate, mailbox) in self._tombstones

    def _is_message(self, affiliate: int | None, customer: int | None) -> bool:
        if self._hasher is None or customer is None:
            return False
        if affiliate is None:
            return self._hasher.customer(customer) in self._tombstones
        return self.has((affiliate, customer))


def stripped(rows: pa.RecordBatch, mask: pa.BooleanArray, kept: frozenset[str]) -> pa.RecordBatch:
    """Return the same rows; rows in the mask have nulls in columns that are not kept.

    `_issues` (`column=value`) keeps the column names without values.
    """
    columns = []
    for field, column in zip(rows.schema, rows.columns, strict=True):
        if field.name in kept:
            columns.append(column)
        elif field.name == "_issues":
            names = pc.replace_substring_regex(column, "=[^,]*", "")
            columns.append(pc.if_else(mask, names, column))
        else:
            columns.append(pc.if_else(mask, pa.scalar(None, field.type), column))
    return pa.record_batch(columns, schema=rows.schema)
