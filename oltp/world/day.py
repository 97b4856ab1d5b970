"""Simulate one day: new customers, known people at other affiliates, active customers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from oltp.world import engagement, table_changes
from oltp.world.beginning import Beginning
from oltp.world.chunk import Counters, delivered, draw, new_records
from oltp.world.columns import DAY
from oltp.world.customers import Records, further_records
from oltp.world.events import customers as customer_events
from oltp.world.events.funnel import deals
from oltp.world.events.malformed import spoiled
from oltp.world.events.progress import progress
from oltp.world.events.visits import visits
from oltp.world.orders import Buyers, orders
from oltp.world.randomness import chance, stream
from oltp.world.spec import WorldSpec
from oltp.world.window import Window
from oltp.world.writer import Writer

#: Shares of the world's customers per day.
NEWCOMERS, KNOWN_PEOPLE, ACTIVE, DELETED = 0.003, 0.002, 0.006, 0.0004
ORDERS_OF_NEWCOMERS, ORDERS_OF_ACTIVE, SESSIONS_OF_ACTIVE = 0.4, 0.8, 1.0
NEW_CONSENTS, ERASED, TOLD = 0.1, 0.02, 0.7
#: Share of visits that are delivered up to three days late.
LATE_VISITORS, LATE = 0.0006, 3 * DAY


class Day:
    """Simulate one day.

    Args:
        writer: Where everything goes.
        spec: The world.
        number: 1 for the first day after the world was created.
        window: That day.
        counters: The next free numbers; advanced by what is written.
        truth: Truth of the world so far.
    """

    def __init__(
        self,
        writer: Writer,
        spec: WorldSpec,
        number: int,
        window: Window,
        counters: Counters,
        truth: pa.Table,
    ) -> None:
        self._writer = writer
        self._spec = spec
        self._number = number
        self._window = window
        self._counters = counters
        self._beginning = Beginning(spec)
        self._stock = self._beginning.stock
        self._chunk = (number - 1) % self._beginning.chunks
        self._familiar = self._beginning.records_again(self._chunk, truth)

    def run(self) -> list[pa.Table]:
        """Writes the day and returns the truth about its new records."""
        table_changes.set_clock(self._writer.connection, self._window)
        truth = [self._newcomers(), self._known_people()]
        self._active()
        table_changes.daily(self._writer, self._window, self._number)
        return truth

    def _share(self, share: float) -> int:
        return max(2, round(self._spec.customers * share))

    def _rng(self, part: str) -> np.random.Generator:
        return stream(self._spec.seed, part, "day", self._number)

    def _newcomers(self) -> pa.Table:
        size, counters = self._share(NEWCOMERS), self._counters
        ids = np.arange(counters.customer, counters.customer + size)
        event_only_ids = np.arange(ids[-1] + 1, ids[-1] + 2)
        path = ("day", self._number)
        them = new_records(self._spec, self._window, path, counters.person, ids, event_only_ids)
        return self._arrive(them, path)

    def _known_people(self) -> pa.Table:
        first = self._counters.customer
        ids = np.arange(first, first + self._share(KNOWN_PEOPLE))
        them = further_records(
            self._rng("further"), self._window, self._spec.affiliates, self._familiar.everyone, ids
        )
        return self._arrive(them, ("further", self._number))

    def _arrive(self, them: Records, path: tuple[str, int]) -> pa.Table:
        counters = self._counters
        mean = ORDERS_OF_NEWCOMERS
        chunk = draw(self._spec, self._window, self._stock, counters, path, them, mean)
        counters.customer = counters.event_only = int(them.id.max()) + 1
        self._writer.write(chunk)
        return chunk.truth

    def _active(self) -> None:
        """Generate orders, visits, changes and a few deletions of customers of one chunk."""
        order = self._rng("active").permutation(len(self._familiar.id))
        active, leaving = np.split(
            order[: self._share(ACTIVE) + self._share(DELETED)], [self._share(ACTIVE)]
        )
        them = self._familiar.some(np.sort(active), self._window.start)
        present = table_changes.present_customers(self._writer.connection, them.id)
        them = them.some(
            np.flatnonzero(np.isin(them.id, list(present)) | them.event_only), self._window.start
        )
        self._order(them)
        in_table = them.some(np.flatnonzero(~them.event_only), self._window.start)
        new = customer_events.changes(self._rng("changes"), in_table)
        table_changes.change_customers(self._writer, in_table.id, new)
        self._tell(them, in_table, new)
        table_changes.delete_customers(self._writer, self._familiar.id[leaving])

    def _order(self, them: Records) -> None:
        counters, rng = self._counters, self._rng("orders of active")
        buyers = Buyers(them.id, them.affiliate, them.created)
        first = counters.order, counters.item
        sold = orders(rng, self._window, buyers, self._stock, ORDERS_OF_ACTIVE, *first)
        tags = engagement.tags(self._rng("tags of active"), self._window, them, counters.tag)
        counters.order += sold.headers.num_rows
        counters.item += sold.items.num_rows
        counters.tag += tags.num_rows
        self._writer.copy("sales.order_header", sold.headers)
        self._writer.copy("sales.order_item", sold.items)
        self._writer.copy("affiliate.affiliate_customer_tag", tags)
        table_changes.refresh_totals(self._writer, them.id[sold.buyer[sold.buyer >= 0]])

    def _tell(self, them: Records, changed: Records, new: dict[str, pa.Array]) -> None:
        """Return the events of active customers; not every change in the table has an event."""
        window, rng = self._window, self._rng("events of active")
        currencies = self._stock.currencies.to_pylist()
        told = np.flatnonzero(chance(rng, TOLD, len(changed.id)))
        news = {name: values.take(pa.array(told)) for name, values in new.items()}
        late = Window(window.start - LATE, window.start)
        behind = self._familiar.some(
            rng.integers(0, len(self._familiar.id), self._share(LATE_VISITORS)), late.start
        )
        started = self._beginning.deals_again(self._chunk, self._familiar)
        happened = [
            customer_events.updated(rng, window, changed.some(told, window.start), news),
            customer_events.consents(rng, window, them, NEW_CONSENTS),
            customer_events.erasures(rng, window, them, ERASED),
            visits(rng, window, them, self._stock, SESSIONS_OF_ACTIVE),
            visits(rng, late, behind, self._stock, SESSIONS_OF_ACTIVE),
            *deals(rng, window, them, currencies),
            progress(rng, window, started, self._number),
        ]
        good = delivered(self._rng("delivery"), happened, self._counters.event)
        self._writer.send(good, *spoiled(self._rng("malformed"), good, 0))
