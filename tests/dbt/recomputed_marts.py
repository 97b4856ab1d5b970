"""Tags, interests and insights once more, in pandas, from the staged rows.

A subject is a person or a customer record. Only what other tests prove is taken from the warehouse:
staged rows, who is whom, which orders are sales, and the deals.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from tests.dbt.dbt_warehouse import Warehouse
from tests.dbt.raw_world import AS_OF

Scope = Literal["person", "record"]
Key = tuple[Any, ...]
Row = dict[str, Any]
RECORD = ["affiliate_id", "affiliate_customer_id"]
PRODUCT = ["affiliate_id", "product_id"]
#: kind → weight, half-life in days, cap
EVIDENCE = {"view": (1, 14, 5), "order": (5, 90, 5), "tag": (4, 180, 1), "return": (-5, 90, 5)}
MICRO = Decimal("0.000001")


@dataclass(frozen=True)
class World:
    """Frames of one warehouse; all but `products` have the columns of a customer record."""

    records: pd.DataFrame
    products: pd.DataFrame
    visits: pd.DataFrame
    orders: pd.DataFrame
    lines: pd.DataFrame
    tags: pd.DataFrame
    deals: pd.DataFrame
    follow_ups: pd.DataFrame
    consents: pd.DataFrame

    def key(self, scope: Scope) -> list[str]:
        """Columns of the subject."""
        return ["customer_id"] if scope == "person" else RECORD


def load(warehouse: Warehouse) -> World:
    """Reads the inputs; rows of records that nobody knows, or that were erased, are left out."""

    def frame(columns: str, relation: str) -> pd.DataFrame:
        rows = warehouse.query(f"select {columns} from {relation}")
        return pd.DataFrame(rows, columns=columns.split(", "), dtype=object)

    ids = "affiliate_id, affiliate_customer_id"
    records = frame(f"{ids}, known_since", "identity.int_identity__records").merge(
        frame(f"{ids}, customer_id", "identity.customer_xref"), on=RECORD
    )
    people = records[[*RECORD, "customer_id"]]

    def known(columns: str, relation: str) -> pd.DataFrame:
        return frame(f"{ids}, {columns}", relation).merge(people, on=RECORD)

    orders = known(
        "order_id, ordered_at, channel, is_placed_sale, is_valid_sale", "own.own_customer_orders"
    )
    lines = frame(
        "affiliate_id, order_id, product_id, quantity, refunded_quantity",
        "staging.stg_oltp__order_items",
    )
    tag_rows = known("tag_id, tag, source, given_at, removed_at, updated_at",
                     "staging.stg_oltp__affiliate_customer_tags")  # fmt: skip
    return World(
        records=records,
        products=frame(
            "affiliate_id, product_id, sku, category, brand, currency, unit_price, is_active",
            "staging.stg_oltp__products",
        ),
        visits=known("product_id, channel, event_at", "staging.stg_events__product_visits"),
        orders=orders,
        lines=lines.merge(orders[orders.is_placed_sale == True], on=["affiliate_id", "order_id"]),  # noqa: E712
        tags=tag_rows[tag_rows.given_at <= AS_OF],
        deals=known(
            "deal_id, stage, stage_rank, stage_since, moved_by, last_step_at, is_overdue",
            "own.own_deals",
        ),
        follow_ups=known(
            "event_type, task_id, outcome, due_at, event_at",
            "staging.stg_events__follow_up_events",
        ),
        consents=known("event_at", "staging.stg_events__consents"),
    )


def ratio(part: float, whole: float) -> Decimal | None:
    """part / whole with six digits, half up, as a float; None if whole is 0."""
    return Decimal(math.floor(part / whole * 10**6 + 0.5)) * MICRO if whole else None


def decay(at: datetime, half_life: int) -> Decimal:
    """What is left at as_of of a weight of 1."""
    age = (AS_OF.date() - at.astimezone(UTC).date()).days
    return Decimal(0.5 ** (age / half_life)).quantize(Decimal("1e-9"), ROUND_HALF_UP)


def groups(frame: pd.DataFrame, by: list[str]) -> Iterable[tuple[Key, pd.DataFrame]]:
    """Like `groupby`, with the key always a tuple of plain values."""
    for key, rows in frame.groupby(by, sort=False, dropna=False):
        yield tuple(None if pd.isna(value) else value for value in key), rows


def catalogue(world: World) -> dict[Key, Row]:
    """Product → category, brand and price band, as interests see them."""
    found: dict[Key, Row] = {}
    for row in world.products.to_dict("records"):
        product = (row["affiliate_id"], row["product_id"])
        category = (row["category"] or "").strip().lower() or None
        found[product] = row | {"category": category, "brand": (row["brand"] or "").strip() or None}
    for product, row in found.items():
        same = [
            other["unit_price"]
            for (affiliate, _), other in found.items()
            if affiliate == product[0]
            and (other["category"], other["currency"]) == (row["category"], row["currency"])
            and other["unit_price"] is not None
        ]
        cheaper = sum(price < row["unit_price"] for price in same)
        place = Fraction(2 * cheaper + same.count(row["unit_price"]), 2 * len(same))
        third = Fraction(1, 3)
        row["price_band"] = (
            "budget" if place < third else "premium" if place > 2 * third else "standard"
        )
    return found


def evidence(world: World) -> pd.DataFrame:
    """One row per piece of evidence: record, product, counts, weight and instant."""
    pieces: list[Row] = []
    view, order, back = EVIDENCE["view"], EVIDENCE["order"], EVIDENCE["return"]
    viewed = world.visits[world.visits.product_id.notna()]
    days = viewed.assign(day=[at.astimezone(UTC).date() for at in viewed.event_at])
    for (*who, product, _), rows in groups(days, [*RECORD, "customer_id", "product_id", "day"]):
        first, last, counted = rows.event_at.min(), rows.event_at.max(), min(len(rows), view[2])
        pieces.append(_piece(who, product, last, counted * decay(last, view[1]) * view[0],
                             views=counted, visits=len(rows), first_at=first))  # fmt: skip
    for line in world.lines.to_dict("records"):
        if line["quantity"] <= 0:
            continue
        refunded = max(min(line["refunded_quantity"] or 0, line["quantity"]), 0)
        returned = refunded if line["is_valid_sale"] else line["quantity"]
        at = line["ordered_at"]
        weight = order[0] * min(line["quantity"], order[2]) * decay(at, order[1])
        weight += back[0] * min(returned, back[2]) * decay(at, back[1])
        pieces.append(_piece(
            [*(line[name] for name in RECORD), line["customer_id"]], line["product_id"], at, weight,
            orders=1, returns=int(returned > 0), kept=line["quantity"] - returned,
        ))  # fmt: skip
    return pd.DataFrame(pieces)


def _piece(who: list[Any], product: int, at: datetime, weight: Decimal, **counts: Any) -> Row:
    none = dict.fromkeys(("visits", "views", "orders", "returns", "tags", "kept"), 0)
    origin = dict(zip([*RECORD, "customer_id"], who, strict=True))
    return (
        origin | {"product_id": product, "first_at": at, "at": at, "weight": weight} | none | counts
    )


def interests(world: World, scope: Scope, tagged: list[Row]) -> dict[Key, Row]:
    """Subject, dimension and value → measures. `tagged` has the active tags with a category."""
    products = catalogue(world)
    rows: list[Row] = []
    for piece in evidence(world).to_dict("records"):
        product = products.get((piece["affiliate_id"], piece["product_id"]))
        if product is None:
            continue
        name = str(piece["product_id"])
        named = name if scope == "record" else f"{piece['affiliate_id']}:{name}"
        rows += [
            piece | {"dimension": dimension, "value": product[dimension]}
            for dimension in ("category", "brand", "price_band")
            if product[dimension]
        ]
        rows.append(piece | {"dimension": "product", "value": named})
    for tag in tagged:
        weight = EVIDENCE["tag"][0] * decay(tag["started_at"], EVIDENCE["tag"][1])
        who = [*(tag[name] for name in RECORD), tag["customer_id"]]
        piece = _piece(who, -1, tag["started_at"], weight, tags=1)
        rows.append(piece | {"dimension": "category", "value": tag["category"]})
    found: dict[Key, Row] = {}
    for key, some in groups(pd.DataFrame(rows), [*world.key(scope), "dimension", "value"]):
        score = max(sum(some.weight, Decimal(0)), Decimal(0)).quantize(MICRO, ROUND_HALF_UP)
        counts = {name: int(some[name].sum()) for name in ("views", "orders", "tags", "returns")}
        first, last = some.first_at.min(), some["at"].max()
        found[key] = counts | {"score": score, "first_at": first, "last_at": last}
    _compare(found, scope)
    return found


def _compare(found: dict[Key, Row], scope: Scope) -> None:
    """Adds what holds a score against the subject's others and against other subjects'."""
    subjects: dict[Key, list[Key]] = {}
    sums: dict[Key, Decimal] = {}
    for key, row in found.items():
        population = key[:1] if scope == "record" else ()
        subjects.setdefault(key[:-1], []).append(key)
        for of_all in (("value", *population, *key[-2:]), ("all", *population, key[-2])):
            sums[of_all] = sums.get(of_all, Decimal(0)) + row["score"]
    for keys in subjects.values():
        own = float(sum((found[key]["score"] for key in keys), Decimal(0)))
        keys.sort(key=lambda key: key[-1].encode())
        keys.sort(key=lambda key: (found[key]["score"], found[key]["last_at"]), reverse=True)
        for place, key in enumerate(keys, start=1):
            row, population = found[key], key[:1] if scope == "record" else ()
            n, score = row["views"] + row["orders"] + row["tags"], float(row["score"])
            of_value = float(sums["value", *population, *key[-2:]])
            row |= {
                "rank": place,
                "share": ratio(score, own) or Decimal(0),
                "lift": ratio(score / own, of_value / float(sums["all", *population, key[-2]]))
                if own and of_value
                else None,
                "confidence": Decimal(1 - math.exp(-n / 3)).quantize(MICRO, ROUND_HALF_UP),
                "is_explicit": row["tags"] > 0,
                "is_stale": (AS_OF.date() - row["last_at"].astimezone(UTC).date()).days > 180,
                "is_offerable": n >= 2 and score > 0,
            }
