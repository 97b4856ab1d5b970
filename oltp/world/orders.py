"""Orders: all statuses, refunds, guests, test orders and orders without lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oltp.world.catalogue import Catalogue
from oltp.world.columns import DAY, join, money, pick, repeat, text, timestamps, where
from oltp.world.customers import affiliate_weights
from oltp.world.order_lines import Lines, lines
from oltp.world.randomness import Indices, Mask, chance, weighted
from oltp.world.window import Window

CHANNELS = ("web", "mobile_app", "store", "marketplace", "phone", None)
CHANNEL_WEIGHTS = (50.0, 28.0, 10.0, 8.0, 2.0, 2.0)
OTHER_CURRENCIES = ("USD", "EUR", "GBP")
OTHER_CURRENCY, WRONG_TOTAL = 0.02, 0.003
GUESTS = 0.04
ORDER_DISCOUNT, SHIPPING_CENTS = 0.08, (0, 0, 499, 999, 1490)
TAX_PERCENT = (0, 7, 12, 19)
#: (statuses, weights) by the order's age in days: until the first limit, and so on.
YOUNG = (("created", "paid"), (30.0, 70.0))
STATUS_BY_AGE = (
    (1, YOUNG),
    (4, (("paid", "shipped", "cancelled", "test"), (40.0, 55.0, 4.4, 0.6))),
    (9, (("shipped", "delivered", "cancelled", "test"), (35.0, 60.0, 4.4, 0.6))),
)
SETTLED = (
    ("delivered", "cancelled", "returned", "partially_refunded", "refunded", "chargeback", "test"),
    (85.2, 5.0, 3.0, 3.0, 2.5, 0.7, 0.6),
)
VALID = ("paid", "shipped", "delivered", "partially_refunded")


@dataclass(frozen=True)
class Orders:
    """Orders of one chunk.

    Attributes:
        headers: Rows of `order_header`.
        items: Rows of `order_item`.
        buyer: Per order its buyer's row in the chunk's records; -1 for a guest.
        total: Per order its worth in cents.
        valid: Per order whether it counts as a sale.
    """

    headers: pa.Table
    items: pa.Table
    buyer: Indices
    total: Indices
    valid: Mask


@dataclass(frozen=True)
class Buyers:
    """Affiliate and earliest possible order per customer record."""

    id: Indices
    affiliate: Indices
    since: Indices


def orders(
    rng: np.random.Generator,
    window: Window,
    buyers: Buyers,
    stock: Catalogue,
    mean: float,
    first_order: int,
    first_item: int,
) -> Orders:
    """Draws about `mean` orders per buyer, and guests on top, oldest first."""
    buyer, affiliate, ordered = _who_and_when(rng, window, buyers, stock, mean)
    size = len(buyer)
    ids = np.arange(first_order, first_order + size)
    statuses, status = _statuses(rng, window, ordered)
    goods = lines(
        rng,
        stock,
        affiliate,
        buyer,
        status == statuses.index("partially_refunded"),
        np.isin(status, [statuses.index(s) for s in ("returned", "refunded")]),
    )
    charges = _charges(rng, goods, affiliate)
    updated = timestamps(window.soon(rng, ordered, 4.0))
    customer = np.where(buyer >= 0, buyers.id[np.maximum(buyer, 0)], 0) if len(buyers.id) else buyer
    headers = pa.table(
        {
            "id": ids,
            "affiliate_id": affiliate,
            "affiliate_customer_id": pa.array(customer, mask=buyer < 0),
            "order_number": join("A", text(affiliate), "-", text(ids, 8)),
            "status": pick(statuses, status),
            "channel": pick(CHANNELS, weighted(rng, CHANNEL_WEIGHTS, size)),
            "ordered_at": timestamps(ordered),
            "currency": _currencies(rng, stock, affiliate),
            **{name: money(cents) for name, cents in charges.items()},
            "created_at": timestamps(ordered),
            "updated_at": updated,
        }
    )
    items = goods.table(first_item, ids, affiliate, timestamps(ordered), updated)
    valid = np.isin(status, [statuses.index(name) for name in VALID])
    return Orders(headers, items, buyer, charges["total_amount"], valid)


def _who_and_when(
    rng: np.random.Generator, window: Window, buyers: Buyers, stock: Catalogue, mean: float
) -> tuple[Indices, Indices, Indices]:
    """Return Poisson counts with gamma-distributed rates: few buy often, many never."""
    habit = rng.gamma(0.8, 1 / 0.8, len(buyers.id))
    counts = rng.poisson(mean * habit)
    buyer = np.repeat(np.arange(len(counts)), counts)
    ordered = window.after(rng, buyers.since[buyer])
    guests = int(rng.binomial(len(buyer), GUESTS))
    guest_affiliate = weighted(rng, affiliate_weights(len(stock.currencies)), guests) + 1
    buyer = np.concatenate((buyer, np.full(guests, -1)))
    affiliate = np.concatenate((buyers.affiliate[buyer[buyer >= 0]], guest_affiliate))
    ordered = np.concatenate((ordered, window.moments(rng, guests)))
    order = np.argsort(ordered, kind="stable")
    return buyer[order], affiliate[order], ordered[order]


def _statuses(
    rng: np.random.Generator, window: Window, ordered: Indices
) -> tuple[list[str], Indices]:
    """All names, and each order's position in them."""
    names = list(dict.fromkeys((*YOUNG[0], "shipped", *SETTLED[0])))
    age = (window.end - ordered) / DAY
    status = _positions(rng, names, SETTLED, len(ordered))
    for limit, choices in reversed(STATUS_BY_AGE):
        status = np.where(age < limit, _positions(rng, names, choices, len(ordered)), status)
    return names, status


def _positions(
    rng: np.random.Generator,
    names: list[str],
    choices: tuple[tuple[str, ...], tuple[float, ...]],
    size: int,
) -> Indices:
    return np.array([names.index(name) for name in choices[0]])[weighted(rng, choices[1], size)]


def _charges(rng: np.random.Generator, goods: Lines, affiliate: Indices) -> dict[str, Indices]:
    """Return the amounts of order headers, in cents; a few totals are wrong on purpose."""
    size = len(affiliate)
    discount = np.where(chance(rng, ORDER_DISCOUNT, size), goods.net // 20, 0)
    tax = (goods.net - discount) * np.array(TAX_PERCENT)[affiliate % len(TAX_PERCENT)] // 100
    shipping = np.array(SHIPPING_CENTS)[rng.integers(0, len(SHIPPING_CENTS), size)]
    shipping = np.where(goods.free, 0, shipping)
    total = goods.net - discount + tax + shipping + np.where(chance(rng, WRONG_TOTAL, size), 100, 0)
    return {
        "discount_amount": discount,
        "tax_amount": tax,
        "shipping_amount": shipping,
        "total_amount": np.where(goods.free, 0, total),
    }


def _currencies(rng: np.random.Generator, stock: Catalogue, affiliate: Indices) -> pa.Array:
    size = len(affiliate)
    other = pick(OTHER_CURRENCIES, rng.integers(0, len(OTHER_CURRENCIES), size))
    return where(chance(rng, OTHER_CURRENCY, size), other, repeat(stock.currencies, affiliate - 1))
