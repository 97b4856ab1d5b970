"""One chunk of a world: customers with all their activity, as rows, messages and ground truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oltp.world import engagement
from oltp.world.catalogue import Catalogue
from oltp.world.columns import money
from oltp.world.customers import Records, records
from oltp.world.events import customers as customer_events
from oltp.world.events.funnel import deals
from oltp.world.events.malformed import spoiled
from oltp.world.events.messages import Events, Message, messages
from oltp.world.events.visits import visits
from oltp.world.orders import Buyers, Orders, orders
from oltp.world.randomness import Indices, chance, stream
from oltp.world.spec import WorldSpec
from oltp.world.truth import truth_of
from oltp.world.window import Window

#: Share of stored totals that differ from the orders.
DRIFTED = 0.03

Path = tuple[str | int, ...]
Mail = dict[str, list[Message]]


@dataclass
class Counters:
    """The next unused IDs."""

    person: int
    customer: int
    event_only: int
    tag: int
    invite: int
    order: int
    item: int
    event: count[int]


@dataclass(frozen=True)
class Chunk:
    """Generated data; `bad_kinds` counts the messages in `bad` by kind of error."""

    tables: dict[str, pa.Table]
    good: Mail
    bad: Mail
    bad_kinds: dict[str, int]
    truth: pa.Table


def new_records(
    spec: WorldSpec,
    window: Window,
    path: Path,
    first_person: int,
    ids: Indices,
    event_only_ids: Indices,
) -> Records:
    """Records of new people; some are in the table, others only in events."""
    rng = stream(spec.seed, "customers", *path)
    return records(rng, window, spec.affiliates, first_person, ids, event_only_ids)


def draw(
    spec: WorldSpec,
    window: Window,
    stock: Catalogue,
    counters: Counters,
    path: Path,
    them: Records,
    orders_per_customer: float,
    least_bad: int = 0,
) -> Chunk:
    """Generate the activity of new customers; same seed, path and counters, same chunk.

    `least_bad` is the smallest number of malformed messages, however few good ones there are.
    """

    def rng(part: str) -> np.random.Generator:
        return stream(spec.seed, part, *path)

    buyers = Buyers(them.id, them.affiliate, them.created)
    sold = orders(
        rng("orders"), window, buyers, stock, orders_per_customer, counters.order, counters.item
    )
    tables = {
        "affiliate.affiliate_customer": _customer_rows(rng("totals"), them, sold),
        "affiliate.affiliate_customer_tag": engagement.tags(
            rng("tags"), window, them, counters.tag
        ),
        "affiliate.customer_invite": engagement.invites(
            rng("invites"), window, them, spec.affiliates, counters.invite
        ),
        "sales.order_header": sold.headers,
        "sales.order_item": sold.items,
    }
    announced = customer_events.announced(rng("announced"), them)
    happened = [
        customer_events.created(them, announced),
        customer_events.changed(rng("changes"), window, them),
        customer_events.consents(rng("consents"), window, them),
        customer_events.erasures(rng("erasures"), window, them),
        visits(rng("visits"), window, them, stock),
        *deals(rng("deals"), window, them, stock.currencies.to_pylist()),
    ]
    good = delivered(rng("delivery"), happened, counters.event)
    bad, bad_kinds = spoiled(rng("malformed"), good, least_bad)
    _advance(counters, them, tables)
    return Chunk(tables, good, bad, bad_kinds, truth_of(them, announced))


def delivered(rng: np.random.Generator, happened: Iterable[Events], numbers: count[int]) -> Mail:
    """Messages by topic, in the order of delivery."""
    by_topic: Mail = {}
    for events in happened:
        by_topic.setdefault(events.topic, []).extend(messages(rng, events, numbers))
    for queue in by_topic.values():
        queue.sort(key=lambda message: message.arrival)
    return by_topic


def _customer_rows(rng: np.random.Generator, them: Records, sold: Orders) -> pa.Table:
    """Rows of `affiliate_customer`, with the totals as the OLTP keeps them."""
    counted = sold.valid & (sold.buyer >= 0)
    buyer, size = sold.buyer[counted], len(them.id)
    number = np.bincount(buyer, minlength=size)
    total = np.bincount(buyer, weights=sold.total[counted], minlength=size).astype(np.int64)
    total = np.where(chance(rng, DRIFTED, size), total * 9 // 10, total)
    average = total // np.maximum(number, 1)
    return (
        them.table.append_column("id", pa.array(them.id))
        .append_column("total_purchase", money(total))
        .append_column("avg_ticket", _unless_none(money(average), number))
        .take(pa.array(np.flatnonzero(~them.event_only)))
    )


def _unless_none(average: pa.Array, number: Indices) -> pa.Array:
    return pc.if_else(pa.array(number > 0), average, pa.scalar(None, average.type))


def _advance(counters: Counters, them: Records, tables: dict[str, pa.Table]) -> None:
    counters.person = max(counters.person, int(them.person_id.max()) + 1)
    counters.event_only += int(them.event_only.sum())
    counters.customer += tables["affiliate.affiliate_customer"].num_rows
    counters.tag += tables["affiliate.affiliate_customer_tag"].num_rows
    counters.invite += tables["affiliate.customer_invite"].num_rows
    counters.order += tables["sales.order_header"].num_rows
    counters.item += tables["sales.order_item"].num_rows
