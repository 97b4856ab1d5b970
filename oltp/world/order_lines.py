"""Order lines: products, prices and returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oltp.world.catalogue import Catalogue
from oltp.world.columns import money, repeat
from oltp.world.randomness import Indices, Mask, chance

FREE_ORDERS, LINE_DISCOUNT, OTHER_PRICE = 0.005, 0.12, 0.10
MORE_LINES, MORE_PIECES = 0.42, 0.75
MOST_LINES = 12


@dataclass(frozen=True)
class Lines:
    """Lines of one chunk's orders; cents throughout.

    Attributes:
        order: Row of the order, per line.
        net: Worth of the lines after their discounts, per order.
        free: Orders whose lines are discounted to nothing.
    """

    order: Indices
    product: Indices
    quantity: Indices
    unit_price: Indices
    discount: Indices
    refunded_quantity: Indices
    refunded: Indices
    net: Indices
    free: Mask

    def table(
        self,
        first_id: int,
        order_ids: Indices,
        affiliate: Indices,
        created: pa.Array,
        updated: pa.Array,
    ) -> pa.Table:
        """Rows of `order_item` with ids from `first_id`."""
        return pa.table(
            {
                "id": np.arange(first_id, first_id + len(self.order)),
                "affiliate_id": affiliate[self.order],
                "order_id": order_ids[self.order],
                "product_id": self.product,
                "quantity": self.quantity,
                "unit_price": money(self.unit_price),
                "discount_amount": money(self.discount),
                "refunded_quantity": self.refunded_quantity,
                "refunded_amount": money(self.refunded),
                "created_at": repeat(created, self.order),
                "updated_at": repeat(updated, self.order),
            }
        )


def lines(
    rng: np.random.Generator,
    stock: Catalogue,
    affiliate: Indices,
    buyer: Indices,
    partly_refunded: Mask,
    all_refunded: Mask,
) -> Lines:
    """Draws one to twelve lines for each order."""
    counts = np.minimum(rng.geometric(1 - MORE_LINES, len(affiliate)), MOST_LINES)
    order = np.repeat(np.arange(len(counts)), counts)
    size = len(order)
    first = np.concatenate(([True], order[1:] != order[:-1])) if size else np.zeros(0, np.bool_)
    product = stock.to_taste(rng, affiliate[order], buyer[order])
    quantity = rng.geometric(MORE_PIECES, size)
    unit_price = stock.cents[product - 1]
    percent = rng.integers(80, 111, size)
    unit_price = np.where(chance(rng, OTHER_PRICE, size), unit_price * percent // 100, unit_price)
    gross = quantity * unit_price
    free = chance(rng, FREE_ORDERS, len(counts))
    discount = np.where(chance(rng, LINE_DISCOUNT, size), gross // 10, 0)
    discount = np.where(free[order], gross, discount)
    net = gross - discount
    whole = all_refunded[order]
    some = partly_refunded[order] & first
    pieces = np.where(some, quantity // 2, np.where(whole, quantity, 0))
    back = np.where(some, net // 2, np.where(whole, net, 0))
    per_order = np.bincount(order, weights=net, minlength=len(counts)).astype(np.int64)
    return Lines(order, product, quantity, unit_price, discount, pieces, back, per_order, free)
