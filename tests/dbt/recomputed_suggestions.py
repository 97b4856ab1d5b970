"""Next best products and actions once more, in pandas; see `recomputed_marts`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC
from itertools import permutations
from typing import Any

from tests.dbt.raw_world import AS_OF
from tests.dbt.recomputed_insights import tag_intervals
from tests.dbt.recomputed_marts import (
    RECORD,
    Key,
    Row,
    Scope,
    World,
    catalogue,
    evidence,
    groups,
    interests,
    ratio,
)

ACTIONS = {"follow-up", "win-back", "reorder", "cross-sell", "none"}
BASES = {1: "bought_together", 2: "popular_in_category", 3: "popular"}
BASKET, ORIGINS, KEPT, FEWEST = 10, 5, 5, 5


def add_suggestions(found: dict[Key, Row], world: World, scope: Scope) -> None:
    """Adds products and action to the rows of `insights`."""
    lists = _of_persons(world) if scope == "person" else _of_records(world)
    fields = ("product_id", "basis", "score", "reason")
    fields = ("affiliate_id", *fields) if scope == "person" else fields
    for key, row in found.items():
        offers = lists.get(key, [])[:KEPT]
        row["next_best_products"] = [{name: offer[name] for name in fields} for offer in offers]
        row["next_best_action"] = "follow-up" if row["stage_is_stuck"] else None
    orders = world.orders[world.orders.is_valid_sale == True]  # noqa: E712
    days = {
        key: {at.astimezone(UTC).date() for at in rows.ordered_at}
        for key, rows in groups(orders, world.key(scope))
    }
    for key, row in found.items():
        row["next_best_action"] = row["next_best_action"] or _action(row, days.get(key, set()))


def _action(row: Row, days: set[Any]) -> str:
    if not days:
        return "none"
    gap = (max(days) - min(days)).days / (len(days) - 1) if len(days) > 1 else 90
    away = (AS_OF.date() - max(days)).days
    if away >= 2 * gap:
        return "win-back"
    if away >= 0.8 * gap:
        return "reorder"
    return "cross-sell" if row["next_best_products"] else "none"


def _of_records(world: World) -> dict[Key, list[Row]]:
    """Record → what to offer it, best first."""
    products = catalogue(world)
    baskets = _baskets(world)
    together = _together(baskets)
    kept = Counter(
        (who[0], product) for who, basket in baskets.items() for product, kept in basket if kept
    )
    popular = [
        (key, n)
        for key, n in kept.items()
        if n >= FEWEST and products.get(key, {}).get("is_active")
    ]
    popular.sort(key=lambda one: (-one[1], one[0]))
    liked = _strongest_category(world)
    found = {}
    for who in map(tuple, world.records[RECORD].to_numpy().tolist()):
        offers = []
        basket = baskets.get(who, [])
        for origin, is_kept in basket[:ORIGINS]:
            for lift, customers, product in together[who[0], origin][: 2 * KEPT] if is_kept else ():
                sku = (products.get((who[0], origin)) or {}).get("sku") or "another product"
                offers.append(_offer(1, product, lift, customers, f"bought with {sku}", origin))
        here = [(key[1], products[key]["category"], n) for key, n in popular if key[0] == who[0]]
        same = [one for one in here if one[1] and one[1] == liked.get(who)]
        for product, category, n in same[: 2 * KEPT]:
            offers.append(_offer(2, product, n, n, f"popular in {category}, bought"))
        for product, _, n in here[: 2 * KEPT]:
            offers.append(_offer(3, product, n, n, "popular, bought"))
        had = {product for product, _ in basket}
        fit = [
            offer | {"affiliate_id": who[0], "record": who[1]}
            for offer in offers
            if offer["product_id"] not in had
            and products.get((who[0], offer["product_id"]), {}).get("is_active")
        ]
        found[who] = _best(fit)[:KEPT]
    return found


def _of_persons(world: World) -> dict[Key, list[Row]]:
    """Person → the best of what the person's records are offered and none of them bought."""
    owners = {tuple(row[:2]): row[2] for row in
              world.records[[*RECORD, "customer_id"]].to_numpy().tolist()}  # fmt: skip
    had = {(owners[who], who[0], product)
           for who, basket in _baskets(world).items() for product, _ in basket}  # fmt: skip
    found: dict[Key, list[Row]] = defaultdict(list)
    for who, offers in _of_records(world).items():
        person = owners[who]
        found[person,] += [
            offer for offer in offers if (person, who[0], offer["product_id"]) not in had
        ]
    return {person: _best(offers) for person, offers in found.items()}


def _baskets(world: World) -> dict[Key, list[tuple[int, bool]]]:
    """Record → products it bought, newest first, and whether it kept any piece."""
    pieces = evidence(world)
    lists: dict[Key, list[tuple[Any, int, bool]]] = defaultdict(list)
    for (*who, product), rows in groups(pieces[pieces.orders > 0], [*RECORD, "product_id"]):
        if product is not None:
            lists[tuple(who)].append((rows["at"].max(), product, bool(rows.kept.sum() > 0)))
    for bought in lists.values():
        bought.sort(key=lambda one: one[1])
        bought.sort(key=lambda one: one[0], reverse=True)
    return {who: [one[1:] for one in bought] for who, bought in lists.items()}


def _together(baskets: dict[Key, list[tuple[int, bool]]]) -> dict[Key, list[tuple[Any, int, int]]]:
    """Affiliate and product → (lift, customers, other product), best first."""
    buyers, pairs, shoppers = Counter[Key](), Counter[Key](), Counter[int]()
    for (affiliate, _), basket in baskets.items():
        recent = [product for product, is_kept in basket if is_kept][:BASKET]
        shoppers[affiliate] += bool(recent)
        buyers.update((affiliate, product) for product in recent)
        pairs.update((affiliate, *pair) for pair in permutations(recent, 2))
    found: dict[Key, list[tuple[Any, int, int]]] = defaultdict(list)
    for (affiliate, product, other), n in pairs.items():
        if n >= FEWEST:
            expected = buyers[affiliate, product] * buyers[affiliate, other]
            lift = ratio(n * shoppers[affiliate], expected)
            found[affiliate, product].append((lift, n, other))
    for others in found.values():
        others.sort(key=lambda one: (-one[0], -one[1], one[2]))
    return found


def _strongest_category(world: World) -> dict[Key, str]:
    """Record → the category it likes best."""
    tagged = [
        tag
        for tag in tag_intervals(world)
        if tag.get("category") and tag["sensitivity"] == "normal" and not tag["removed_at"]
    ]
    return {
        key[:2]: key[-1]
        for key, row in interests(world, "record", tagged).items()
        if key[-2] == "category" and row["rank"] == 1 and row["score"] > 0
    }


def _offer(
    tier: int, product: int, score: Any, customers: int, reason: str, origin: int = 0
) -> Row:
    return {
        "tier": tier, "product_id": product, "basis": BASES[tier], "score": float(score),
        "customers": customers, "origin": origin, "reason": f"{reason} by {customers} customers",
    }  # fmt: skip


def _best(offers: Iterable[Row]) -> list[Row]:
    """Each product once, for its best reason; best first."""
    ranked = sorted(
        offers,
        key=lambda one: (one["tier"], -one["score"], -one["customers"], one["affiliate_id"],
                         one["product_id"], one["record"], one["origin"]),
    )  # fmt: skip
    first: dict[Key, Row] = {}
    for offer in ranked:
        first.setdefault((offer["affiliate_id"], offer["product_id"]), offer)
    return list(first.values())
