"""What keeps the erased out of what is landed: rows are stripped to their keys, messages dropped.

A row keeps its key because a source that still has it would else give it again at every read.
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
    """Tells the erased from all others.

    Args:
        hasher: What the tombstones were made with; None if nobody was erased.
        buried: The tombstones.
    """

    def __init__(self, hasher: Hasher | None = None, buried: Collection[str] = ()) -> None:
        self._hasher = hasher
        self._buried = frozenset(buried)

    @classmethod
    def of(cls, zone: LandingZone) -> Exclusion:
        """The exclusion of everybody who was erased from a zone.

        Raises:
            ConfigurationError: the key of its tombstones is lost.
        """
        hasher = tombstones.hasher_of(zone)
        return cls(hasher, tombstones.read(zone)) if hasher else cls()

    @property
    def is_empty(self) -> bool:
        """Whether nobody was erased."""
        return self._hasher is None

    def has(self, record: Record) -> bool:
        """Whether a customer record was erased."""
        return self._hasher is not None and self._hasher.record(*record) in self._buried

    def strip(self, spec: TableSpec, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows of an OLTP table; those of the erased keep nothing but their keys.

        Args:
            spec: The table's contract.
            batches: With the columns of landed files.
        """
        for batch in batches:
            if self.is_empty or spec.subject is None:
                yield batch
                continue
            mask = self.rows(spec, batch)
            yield stripped(batch, pa.array(mask), spec.kept) if mask.any() else batch

    def rows(self, spec: TableSpec, batch: pa.RecordBatch) -> Mask:
        """Which rows of an OLTP table are of the erased; none if it says nothing of customers."""
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
        """Which messages are of the erased, as far as their bytes tell.

        Args:
            topic: Contract of the topic, None if there is none any more.
            messages: With `key`, `value` and maybe `document`.
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
        return mailbox is not None and self._hasher.mailbox(affiliate, mailbox) in self._buried

    def _is_message(self, affiliate: int | None, customer: int | None) -> bool:
        if self._hasher is None or customer is None:
            return False
        if affiliate is None:
            return self._hasher.customer(customer) in self._buried
        return self.has((affiliate, customer))


def stripped(rows: pa.RecordBatch, mask: pa.BooleanArray, kept: frozenset[str]) -> pa.RecordBatch:
    """The same rows; those of the mask without the columns that are not kept.

    Of `_issues` (`column=value`) the names stay.
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
