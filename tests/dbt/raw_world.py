"""A small `raw` schema, the same rows for both engines: generated bulk and hand-made edge cases."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = "urn:test"
Row = dict[str, Any]


@dataclass
class RawWorld:
    """Rows per raw table; columns that a row does not name are null."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def put(
        self,
        table: str,
        /,
        *,
        op: str = "upsert",
        seq: int = 1,
        held_by: str = "oltp",
        **values: Any,
    ) -> None:
        """Adds a landed version of a row of the OLTP source `held_by`."""
        stamps = {} if op == "delete" else {"created_at": AS_OF - timedelta(days=400)}
        row = stamps | {"updated_at": stamps.get("created_at")} | values
        row |= {"_op": op, "_source": held_by, "_seq": seq}
        self.rows.setdefault(f"oltp_{table}", []).append(row)

    def emit(
        self, topic: str, kind: str, affiliate: int, at: datetime, data: Row, *, key: str = ""
    ) -> None:
        """Adds a delivery of an event; the same `key` again is a repeated delivery."""
        table = "events_" + topic.replace(".", "_").replace("-", "_")
        rows = self.rows.setdefault(table, [])
        rows.append(
            {
                "event_id": key or f"{topic}-{len(rows)}",
                "event_source": SOURCE,
                "event_type": kind,
                "event_at": at,
                "affiliate_id": affiliate,
                "data": json.dumps(data),
                "_topic": topic,
                "_partition": 0,
                "_offset": len(rows),
                "_kafka_at": at,
                "_seq": 1 + len(rows) // 50,
            }
        )


def build_world(seed: int = 7) -> RawWorld:
    """Three affiliates, some 150 customers and what they did, and the edge cases."""
    world = RawWorld()
    rng = random.Random(seed)
    _affiliates_and_products(world)
    customers = _customers(world, rng)
    _family(world)
    _orders(world, rng, customers)
    _events(world, rng, customers)
    _edge_cases(world)
    _tag_history(world)
    _engagement(world, customers)
    world.rows["loaded_file"] = _landings()
    return world


def _affiliates_and_products(world: RawWorld) -> None:
    places = (("UTC", "USD"), ("America/Sao_Paulo", "BRL"), ("Mars/Olympus", "USD"))
    for number, (zone, currency) in enumerate(places, start=1):
        world.put(
            "affiliate", id=number, slug=f"shop-{number}", time_zone=zone, currency=currency,
            status="active",
        )  # fmt: skip
        world.put("affiliate_detail", affiliate_id=number, tax_details='{"vat": "1"}')
        for item in range(8):
            world.put(
                "product", id=number * 100 + item, affiliate_id=number, sku=f"S{item}",
                category=("coffee", "Running ", None)[item % 3], brand=("Alder", "Zoé")[item % 2],
                unit_price="9.99", currency=currency, is_active=item != 7,
            )  # fmt: skip


def _family(world: RawWorld) -> None:
    """Two people with one mailbox."""
    for identifier, name, year in ((1200, "Bo Lind", 1970), (1201, "Mia Lind", 2001)):
        world.put(
            "affiliate_customer", id=identifier, affiliate_id=3, full_name=name,
            email="home@post.example", birth_date=date(year, 4, 5),
        )  # fmt: skip


def _customers(world: RawWorld, rng: random.Random) -> list[tuple[int, int]]:
    names = ("José", "Maria", "Ana", "John", "Łukasz", "Zoë")
    people = [
        (f"{rng.choice(names)} P{number}", f"p.{number}@gmail.com", date(1960 + number, 2, 3))
        for number in range(50)
    ]
    records = []
    for identifier in range(1000, 1150):
        name, email, born = rng.choice(people)
        affiliate = rng.randint(1, 3)
        records.append((affiliate, identifier))
        world.put(
            "affiliate_customer", id=identifier, affiliate_id=affiliate,
            full_name=rng.choice((name, name.upper(), f"{name[0]}. Q", None)),
            email=rng.choice((email, email.upper() + " ", email.replace(".", "", 1), "N/A", None)),
            birth_date=rng.choice((born, born, None, date(1900, 1, 1))),
            gender=rng.choice(("F", "male ", "mulher", None)),
            country=rng.choice(("US", "br", None)),
            updated_at=AS_OF - timedelta(days=rng.randint(1, 300), seconds=rng.randint(0, 86400)),
        )  # fmt: skip
        tag = rng.choice(
            ("VIP", "v.i.p.", "Café", "whole-sale", "diabetic", "call Bob", "loyal  customer")
        )
        world.put(
            "affiliate_customer_tag", id=identifier, affiliate_id=affiliate,
            affiliate_customer_id=identifier, tag=tag,
        )  # fmt: skip
    return records


def _orders(world: RawWorld, rng: random.Random, customers: list[tuple[int, int]]) -> None:
    statuses = (
        "paid", "paid", "shipped", "delivered", "delivered", "cancelled", "test", "refunded",
        "partially_refunded", "created", None,
    )  # fmt: skip
    line = 0
    for order in range(1, 401):
        affiliate, customer = rng.choice(customers)
        world.put(
            "order_header", id=order, affiliate_id=affiliate,
            affiliate_customer_id=rng.choice((customer, customer, customer, None)),
            status=rng.choice(statuses), channel=rng.choice(("web", "store", "phone", None)),
            currency={1: "USD", 2: "BRL", 3: None}[affiliate],
            discount_amount=rng.choice(("0", "1.01", "3.33", None)), tax_amount="0.50",
            shipping_amount="4.99", total_amount=rng.choice(("25.00", None)),
            ordered_at=AS_OF - timedelta(minutes=rng.randint(-5000, 900_000)),
        )  # fmt: skip
        for _ in range(rng.randint(0, 3)):
            line += 1
            back = rng.choice((0, 0, 0, 1))
            world.put(
                "order_item", id=line, affiliate_id=affiliate, order_id=order,
                product_id=affiliate * 100 + rng.randint(0, 8), quantity=rng.randint(1, 7),
                unit_price=rng.choice(("9.99", "0.05", "14.37")),
                discount_amount=rng.choice(("0", "0.03", None)),
                refunded_quantity=back, refunded_amount="0.04" if back else "0",
            )  # fmt: skip


def _events(world: RawWorld, rng: random.Random, customers: list[tuple[int, int]]) -> None:
    stages = ("DealOpened", "ContactMade", "LeadQualified", "DemoScheduled", "DealWon", "DealLost")
    for number in range(900):
        affiliate, customer = rng.choice(customers)
        at = AS_OF - timedelta(milliseconds=rng.randint(-100_000_000, 8_000_000_000))
        visit = {
            "affiliate_customer_id": customer,
            "product_id": affiliate * 100 + rng.randint(0, 7),
            "session_id": f"s{number % 40}",
            "channel": rng.choice(("web", "app")),
        }
        world.emit("storefront.visits", "ProductVisited", affiliate, at, visit)
        if number % 10 == 0:
            world.emit("storefront.visits", "ProductVisited", affiliate, at, visit, key="again")
            deal = {
                "deal_id": f"d{customer}", "affiliate_customer_id": customer, "amount": 10.005,
                "owner_id": 1,
            }  # fmt: skip
            world.emit("sales.funnel", rng.choice(stages), affiliate, at, deal)
            consent = {"affiliate_customer_id": customer, "purpose": "ads", "channel": "email"}
            world.emit("marketing.consents", "ConsentGranted", affiliate, at, consent)
        if number % 25 == 0:
            change = {"affiliate_customer_id": customer, "gender": rng.choice(("f", "m"))}
            world.emit("affiliate.customers", "CustomerUpdated", affiliate, at, change)


def _edge_cases(world: RawWorld) -> None:
    day = timedelta(days=1)
    born = {"full_name": "Eva Only", "email": "eva@post.example", "birth_date": "2004-02-29"}
    # known from an event alone; 30 February is none
    world.emit(
        "affiliate.customers",
        "CustomerCreated",
        1,
        AS_OF - day,
        born | {"affiliate_customer_id": 1},
    )
    world.emit(
        "affiliate.customers", "CustomerUpdated", 1, AS_OF - day / 2,
        {"affiliate_customer_id": 1, "birth_date": "2004-02-30", "country": "pt"},
    )  # fmt: skip
    # an event of affiliate 1 about a customer of another affiliate, of nobody, and of the future
    world.put(
        "affiliate_customer", id=2, affiliate_id=2, full_name="Rui Sá", email="rui@post.example"
    )
    world.emit(
        "affiliate.customers",
        "CustomerUpdated",
        1,
        AS_OF - day,
        born | {"affiliate_customer_id": 2},
    )
    world.emit(
        "affiliate.customers",
        "CustomerCreated",
        1,
        AS_OF + day,
        born | {"affiliate_customer_id": 3},
    )
    # deleted in the OLTP, and changed twice
    world.put(
        "affiliate_customer", id=4, affiliate_id=1, full_name="Gone", email="gone@post.example"
    )
    world.put("affiliate_customer", id=4, op="delete", seq=3)
    world.emit(
        "affiliate.customers",
        "CustomerUpdated",
        1,
        AS_OF - day,
        born | {"affiliate_customer_id": 4},
    )
    world.put(
        "affiliate_customer",
        id=5,
        affiliate_id=3,
        full_name="Rui Sa",
        email="RUI@post.example",
        seq=2,
    )
    world.put("affiliate_customer", id=5, affiliate_id=3, email="old@post.example", seq=1)
    # erased: one at its affiliate, one everywhere
    for identifier, affiliate, scope in ((1000, 0, "affiliate"), (1001, 0, "all")):
        owner = affiliate or next(
            row["affiliate_id"]
            for row in world.rows["oltp_affiliate_customer"]
            if row["id"] == identifier
        )
        world.emit(
            "privacy.erasures", "CustomerErased", owner, AS_OF + day,
            {"affiliate_customer_id": identifier, "scope": scope, "request_id": f"r{identifier}"},
        )  # fmt: skip
    # orders of an unknown customer, a line without order, a line of an unknown product
    world.put(
        "order_header", id=900, affiliate_id=1, affiliate_customer_id=77, status="paid",
        ordered_at=None,
    )  # fmt: skip
    world.put(
        "order_item",
        id=9001,
        affiliate_id=1,
        order_id=900,
        product_id=5,
        quantity=2,
        unit_price="-3.00",
    )
    world.put(
        "order_item",
        id=9002,
        affiliate_id=1,
        order_id=901,
        product_id=100,
        quantity=1,
        unit_price=None,
    )
    task = {
        "task_id": "t1",
        "deal_id": "d1",
        "affiliate_customer_id": 1000,
        "due_at": "2026-01-02T03:04:05.1234567Z",
    }
    world.emit("marketing.follow-ups", "FollowUpScheduled", 1, AS_OF - day, task)
    task = {"task_id": "t2", "deal_id": "d1", "affiliate_customer_id": 1e3, "due_at": "tomorrow"}
    world.emit("marketing.follow-ups", "FollowUpScheduled", 1, AS_OF - day, task)
    world.put(
        "customer_invite", id=1, affiliate_id=1, channel="email", invited_at=AS_OF - 9 * day,
        affiliate_customer_id=1000,
    )  # fmt: skip
    world.put("app_user", id=1, affiliate_id=1, role="seller", is_active=True)
    world.put("affiliate_social_media", id=1, affiliate_id=1, media_type="video")
    world.put("affiliate_bank_account", id=1, affiliate_id=1, bank_name="First")
    world.put("affiliate_address", id=1, affiliate_id=1, city="Braga", country="PT")


def _tag_history(world: RawWorld) -> None:
    """Tags removed, given again, changed and doubled; every landing of tags has its instant."""
    first, second = world.rows["oltp_affiliate_customer"][20:22]
    owners = [
        {"affiliate_id": row["affiliate_id"], "affiliate_customer_id": row["id"]}
        for row in (first, second)
    ]

    def give(tag: int, owner: Row, text: str, ago: float, *, seq: int = 1, **values: Any) -> None:
        at = AS_OF - timedelta(days=ago)
        stamps = {"created_at": at, "updated_at": at} | values
        world.put("affiliate_customer_tag", id=tag, tag=text, seq=seq, **owner, **stamps)

    def remove(tag: int, seq: int) -> None:
        world.put("affiliate_customer_tag", id=tag, op="delete", seq=seq)

    for place, owner in enumerate(owners):
        at = 6000 + 100 * place
        give(at, owner, "b2b", 100 + place)
        remove(at, 3)
        give(at + 1, owner, "Whole-Sale", 20, seq=4, source="import")
        give(at + 2, owner, "newsletter", 90)
        give(at + 2, owner, "promo only", 90, seq=3, updated_at=AS_OF - timedelta(days=40))
        give(at + 3, owner, "coffee", 50)
        give(at + 4, owner, "Café", 49.9)
        # the landing of the run whose as_of this is, and one of a later run
        give(at + 5, owner, "gifts", 70)
        remove(at + 5, 5)
        give(at + 6, owner, "reclamação", 70)
        remove(at + 6, 6)
        give(at + 7, owner, "runner", -3)


def _landings() -> list[Row]:
    """The landed files: of tags one before and one after a removal, and two later than as_of."""
    days_ago = {1: 300, 3: 30, 4: 19, 5: -1, 6: -2}
    files = {
        f"oltp/affiliate.affiliate_customer_tag/{seq}.parquet": (seq, ago)
        for seq, ago in days_ago.items()
    } | {"events/x/7.parquet": (7, 0)}
    return [
        {
            "path": path,
            "sha256": "00",
            "rows": 1,
            "source": path.partition("/")[0].replace("events", "kafka"),
            "seq": seq,
            "landed_at": AS_OF - timedelta(days=ago),
        }
        for path, (seq, ago) in files.items()
    ]


def _engagement(world: RawWorld, customers: list[tuple[int, int]]) -> None:
    """Open deals, and follow-ups that were done, planned and answered."""
    rng = random.Random(11)
    outcomes = ("reached", "no_answer", "replied", "meeting_booked", None)
    for number in range(90):
        affiliate, customer = rng.choice(customers)
        about = {"affiliate_customer_id": customer, "deal_id": f"d{customer}"}
        at = AS_OF - timedelta(minutes=rng.randint(0, 90_000))
        stage = rng.choice(("DealOpened", "ContactMade", "LeadQualified", "NegotiationStarted"))
        world.emit("sales.funnel", stage, affiliate, at, about | {"owner_id": 1})
        due = AS_OF + timedelta(days=rng.randint(-20, 10))
        task = about | {"task_id": f"f{number}", "due_at": due.isoformat(), "channel": "phone"}
        world.emit("marketing.follow-ups", "FollowUpScheduled", affiliate, at, task)
        if number % 2:
            done = about | {"task_id": f"f{number - number % 3}", "outcome": rng.choice(outcomes)}
            later = at + timedelta(days=rng.randint(0, 5))
            world.emit("marketing.follow-ups", "FollowUpDone", affiliate, later, done)
