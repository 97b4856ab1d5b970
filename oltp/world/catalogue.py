"""Products: each affiliate sells a few categories and brands, from cheap to expensive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oltp.world.columns import join, money, pick, text, timestamps
from oltp.world.randomness import Indices, chance, stream
from oltp.world.reference import column
from oltp.world.spec import WorldSpec
from oltp.world.window import Window

PRODUCTS_PER_AFFILIATE = 60
CATEGORIES_PER_AFFILIATE = 4
NAMES_PER_CATEGORY = 6
TASTE_WIDTH = 20
DISCONTINUED, NO_BRAND = 0.06, 0.04


@dataclass(frozen=True)
class Catalogue:
    """All products; those of an affiliate have consecutive ids.

    Attributes:
        table: Rows of `sales.product`.
        cents: List price by product id less 1.
        currencies: Each affiliate's currency, by affiliate id less 1.
    """

    table: pa.Table
    cents: Indices
    currencies: pa.Array

    def product_ids(self, affiliate: Indices, number: Indices) -> Indices:
        """Ids of an affiliate's products; numbers count from 0 and wrap around."""
        return (affiliate - 1) * PRODUCTS_PER_AFFILIATE + number % PRODUCTS_PER_AFFILIATE + 1

    def to_taste(self, rng: np.random.Generator, affiliate: Indices, customer: Indices) -> Indices:
        """Return a product per row, from the customer's preferred range of the catalogue.

        So some products are seen and bought together.
        """
        step = (rng.random(len(customer)) ** 2 * TASTE_WIDTH).astype(np.int64)
        return self.product_ids(affiliate, customer * 17 + step)


def catalogue(spec: WorldSpec, window: Window, currencies: pa.Array) -> Catalogue:
    """Draws every affiliate's products."""
    rng = stream(spec.seed, "catalogue")
    affiliate = np.repeat(np.arange(1, spec.affiliates + 1), PRODUCTS_PER_AFFILIATE)
    size = len(affiliate)
    row = _product_kinds(rng, affiliate)
    low = np.array(column("products", "lowest_price"), dtype=np.float64)[row]
    high = np.array(column("products", "highest_price"), dtype=np.float64)[row]
    cents = np.floor(low + (high - low) * rng.random(size) ** 2).astype(np.int64) * 100 + 90
    brands = column("brands", "brand")
    brand = rng.integers(0, len(brands), size)
    at = timestamps(np.full(size, window.start))
    table = pa.table(
        {
            "id": np.arange(1, size + 1),
            "affiliate_id": affiliate,
            "sku": join("SKU-", text(affiliate), "-", text(np.arange(size) % 60 + 1, 3)),
            "name": join(pick(brands, brand), " ", pick(column("products", "name"), row)),
            "category": pick(column("products", "category"), row),
            "brand": pa.compute.if_else(
                pa.array(chance(rng, NO_BRAND, size)),
                pa.scalar(None, pa.string()),
                pick(brands, brand),
            ),
            "unit_price": money(cents),
            "currency": currencies.take(pa.array(affiliate - 1)),
            "is_active": pa.array(~chance(rng, DISCONTINUED, size)),
            "created_at": at,
            "updated_at": at,
        }
    )
    return Catalogue(table=table, cents=cents, currencies=currencies)


def _product_kinds(rng: np.random.Generator, affiliate: Indices) -> Indices:
    """Rows of `products.csv`: an affiliate's categories lie next to each other in the file."""
    categories = len(column("products", "name")) // NAMES_PER_CATEGORY
    category = affiliate * 3 + rng.integers(0, CATEGORIES_PER_AFFILIATE, len(affiliate))
    name = rng.integers(0, NAMES_PER_CATEGORY, len(affiliate))
    return category % categories * NAMES_PER_CATEGORY + name
