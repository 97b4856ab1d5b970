"""Sales that the small world has none of: deleted rows, missing rates, consents, kept totals."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.dbt.raw_world import AS_OF, RawWorld

DAY = timedelta(days=1)


def with_sales(world: RawWorld) -> RawWorld:
    """Adds them to customers 1020 and above, whichever affiliate's they are."""
    owners = {row["id"]: row.get("affiliate_id") for row in world.rows["oltp_affiliate_customer"]}
    for place, customer in enumerate(range(1020, 1060)):
        affiliate = owners[customer]
        assert affiliate is not None
        _consents(world, affiliate, customer, place)
        for repeat in range(place % 5):
            order = 2000 + place * 10 + repeat
            at = AS_OF - DAY * (7 + place * 3 + repeat * (11 + place))
            currency = ("USD", "EUR", "XAF", "BRL")[(place // 5 + repeat // 3) % 4]
            _order(world, affiliate, customer, order, at, currency, place + repeat)
    for row in world.rows["oltp_affiliate_customer"]:
        if row["_op"] == "upsert" and row["id"] % 3 == 0:
            row |= {"total_purchase": "10.00", "avg_ticket": "2.50"}
    _deletions(world)
    _status_changes(world)
    return world


def _order(
    world: RawWorld,
    affiliate: int,
    customer: int,
    order: int,
    at: datetime,
    currency: str,
    turn: int,
) -> None:
    """One order of two lines, refunded in one of the ways there are."""
    status = ("paid", "delivered", "partially_refunded", "chargeback", "delivered")[turn % 5]
    back = AS_OF - DAY * (turn % 40)
    world.put(
        "order_header", id=order, affiliate_id=affiliate, affiliate_customer_id=customer,
        status=status, channel=("web", "App ", "x@y.example")[turn % 3], currency=currency,
        discount_amount="2.35" if turn % 2 else None, tax_amount="1.00", total_amount="55.00",
        ordered_at=at, updated_at=back,
    )  # fmt: skip
    pieces, amount = ((0, None), (1, None), (1, "3.33"))[turn % 3]
    refunded = status == "partially_refunded"
    for line, price in enumerate(("19.99", "7.05")):
        world.put(
            "order_item", id=order * 10 + line, affiliate_id=affiliate, order_id=order,
            product_id=affiliate * 100 + line, quantity=2, unit_price=price,
            refunded_quantity=pieces if refunded else None,
            refunded_amount=amount if refunded else None, updated_at=back,
        )  # fmt: skip


def _consents(world: RawWorld, affiliate: int, customer: int, place: int) -> None:
    """Grants, and withdrawals of all, of one purpose, of one channel, before and after."""
    channels = ("email", "sms", "whatsapp", None)
    base = {"affiliate_customer_id": customer, "purpose": "marketing"}
    at = AS_OF - DAY * 50
    for channel in channels[: 1 + place % 4]:
        world.emit(
            "marketing.consents", "ConsentGranted", affiliate, at, base | {"channel": channel}
        )
    if place % 2:
        profile = base | {"purpose": "profiling"}
        world.emit("marketing.consents", "ConsentGranted", affiliate, at, profile)
    said = ({}, {"purpose": "marketing"}, {"channel": "email"}, base | {"channel": "email"})
    taken_back = {"affiliate_customer_id": customer} | said[place % 4]
    when = at + DAY * (1 if place % 3 else -1)
    if place % 5:
        world.emit("marketing.consents", "ConsentWithdrawn", affiliate, when, taken_back)


def _deletions(world: RawWorld) -> None:
    """A line taken off its order, and an order deleted with its lines."""
    world.put("order_item", id=20110, op="delete", seq=3)
    world.put("order_header", id=2021, op="delete", seq=3)
    world.put("order_item", id=20210, op="delete", seq=3)
    world.put("order_item", id=20211, op="delete", seq=3)


def _status_changes(world: RawWorld) -> None:
    """Orders in their versions before the newest, and after as_of; some only known from after."""
    rows = [row for row in world.rows["oltp_order_header"] if row["_op"] == "upsert"]
    for place, row in enumerate(rows[100:160]):
        row |= {"_seq": 3}
        kept = {name: value for name, value in row.items() if not name.startswith("_")}
        for seq, status in ((1, "created"), (2, ("paid", "Created ", row["status"])[place % 3])):
            earlier = {"status": status, "updated_at": row["updated_at"] - DAY * (3 - seq)}
            world.put("order_header", seq=seq, **kept | earlier)
        later = {"status": "cancelled", "updated_at": AS_OF + DAY * (place % 2)}
        world.put("order_header", seq=4, **kept | later)
    for row in rows[160:170]:
        row |= {"updated_at": AS_OF + DAY}
        again = {name: value for name, value in row.items() if not name.startswith("_")}
        world.put("order_header", seq=2, **again | {"status": "cancelled"})
