"""Initial data of a world: two years, in chunks that can be regenerated at any time."""

from __future__ import annotations

from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world.affiliates import affiliate_tables
from oltp.world.catalogue import catalogue
from oltp.world.chunk import Counters, new_records
from oltp.world.columns import DAY, micros
from oltp.world.customers import Records
from oltp.world.events.funnel import deals
from oltp.world.events.messages import Events
from oltp.world.randomness import Indices, stream
from oltp.world.spec import WorldSpec
from oltp.world.window import Window

HISTORY_DAYS = 730
#: Customers per chunk: limits memory; another number gives another world for the same seed.
CHUNK = 20_000
EVENT_ONLY = 0.03


class Beginning:
    """The first two years of a world."""

    def __init__(self, spec: WorldSpec) -> None:
        self.spec = spec
        end = micros(spec.until)
        self.window = Window(end - HISTORY_DAYS * DAY, end)
        self.affiliate_tables = affiliate_tables(spec, self.window)
        currencies = self.affiliate_tables["affiliate.affiliate"]["currency"].combine_chunks()
        self.stock = catalogue(spec, self.window, currencies)
        sizes = [min(CHUNK, spec.customers - start) for start in range(0, spec.customers, CHUNK)]
        self._sizes = [(size, max(1, round(size * EVENT_ONLY))) for size in sizes]

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return len(self._sizes)

    def counters(self) -> Counters:
        """IDs start at 1; customers known only from events come after those of the table."""
        return Counters(
            person=1,
            customer=1,
            event_only=self.spec.customers + 1,
            tag=1,
            invite=1,
            order=1,
            item=1,
            event=count(1),
        )

    def records(self, number: int, first_person: int) -> Records:
        """Customer records of a chunk, whose people have ids from `first_person`."""
        ids, event_only_ids = self._ids(number)
        return new_records(self.spec, self.window, (number,), first_person, ids, event_only_ids)

    def records_again(self, number: int, truth: pa.Table) -> Records:
        """Return the same records later; the ground truth has the first person of the chunk."""
        of_chunk = pc.is_in(
            truth["affiliate_customer_id"], pa.array(np.concatenate(self._ids(number)))
        )
        first_person = pc.min(truth["person_id"].filter(of_chunk)).as_py()
        return self.records(number, first_person)

    def deals_again(self, number: int, them: Records) -> Events:
        """The funnel events that were emitted for a chunk."""
        rng = stream(self.spec.seed, "deals", number)
        return deals(rng, self.window, them, self.stock.currencies.to_pylist())[0]

    def _ids(self, number: int) -> tuple[Indices, Indices]:
        size, event_only = self._sizes[number]
        before = self._sizes[:number]
        first = 1 + sum(size for size, _ in before)
        other = 1 + self.spec.customers + sum(event_only for _, event_only in before)
        return np.arange(first, first + size), np.arange(other, other + event_only)
