"""Deals whose events come in any order: random ones, many at one instant, and the edge cases."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta

from tests.dbt.raw_world import AS_OF, RawWorld, Row

STEPS = (
    "DealOpened", "ContactMade", "LeadQualified", "DemoScheduled", "DemoHeld",
    "NegotiationStarted", "DealWon", "DealLost", "DealReopened",
)  # fmt: skip
REASONS = ("price", "Not a fit", "too-expensive", "He moved to Lund", None)
OUTCOMES = ("reached", "no_answer", "replied", "meeting_booked", "opted_out", None)
DEALS = 160
HOUR = timedelta(hours=1)


def with_deals(world: RawWorld, seed: int = 23) -> RawWorld:
    """Adds them, some of customers that nobody knows or that another affiliate has."""
    rng = random.Random(seed)
    records = [
        (row["affiliate_id"], row["id"])
        for row in world.rows["oltp_affiliate_customer"]
        if row["_op"] == "upsert" and row["id"] >= 1000
    ]
    for number in range(DEALS):
        affiliate, customer = rng.choice(records)
        if number % 20 == 0:
            customer += 5000
        if number % 20 == 1:
            affiliate = affiliate % 3 + 1
        # few days, so that deals lie idle for months and meet themselves at one instant
        days = [AS_OF - timedelta(days=rng.choice((1, 3, 40, 95, 200, 300))) for _ in range(3)]
        _deal(world, rng, f"x{number}", affiliate, customer, days)
    _invites(world, rng, records)
    return world


def _deal(
    world: RawWorld,
    rng: random.Random,
    deal: str,
    affiliate: int,
    customer: int,
    days: list[datetime],
) -> None:
    """Up to twelve events; one in seven is delivered twice, one in seven names nobody."""
    about: Row = {"deal_id": deal, "affiliate_customer_id": customer}
    weights = (6, 4, 3, 2, 2, 2, 1, 2, 2)
    for place in range(rng.randint(1, 12)):
        at = rng.choice(days) + HOUR * rng.randint(0, 2)
        kind = rng.choices(STEPS, weights)[0]
        said = about | {"owner_id": rng.choice((1, 2, None))}
        if rng.random() < 0.4:
            currency = rng.choice(("USD", "brl", "XAF", None))
            said |= {"amount": rng.randint(1, 90_000) / 100, "currency": currency}
        if kind == "DealLost":
            said["reason"] = rng.choice(REASONS)
        if rng.random() < 1 / 7:
            said["affiliate_customer_id"] = None
        for _ in range(rng.choice((1, 1, 1, 1, 1, 1, 2))):
            world.emit("sales.funnel", kind, affiliate, at, said, key=f"{deal}-{place}")
    for place in range(rng.choice((0, 0, 1, 2, 3))):
        at = rng.choice(days) + HOUR * rng.randint(0, 2)
        task = about | {"task_id": f"w{deal}-{place}", "owner_id": rng.choice((3, None))}
        if rng.random() < 0.3:
            task["deal_id"] = f"elsewhere-{place}"
        due = at + timedelta(days=rng.choice((1, 30, 400)))
        world.emit(
            "marketing.follow-ups", "FollowUpScheduled", affiliate, at,
            task | {"due_at": due.isoformat()}, key=f"{deal}-plan-{place}",
        )  # fmt: skip
        if rng.random() < 0.6:
            done = task | {"outcome": rng.choice(OUTCOMES)}
            world.emit(
                "marketing.follow-ups", "FollowUpDone", affiliate, at + HOUR * rng.randint(0, 60),
                done, key=f"{deal}-done-{place}",
            )  # fmt: skip


def _invites(world: RawWorld, rng: random.Random, records: list[tuple[int, int]]) -> None:
    """Of records, of strangers, one of them twice, and one of the future."""
    for number in range(2, 62):
        affiliate, customer = rng.choice(records)
        at = AS_OF - timedelta(days=rng.randint(-2, 250))
        taken = at + timedelta(days=rng.randint(0, 20)) if rng.random() < 0.5 else None
        is_record = number % 3 > 0
        world.put(
            "customer_invite", id=number, affiliate_id=affiliate, invited_at=at,
            channel=rng.choice(("email", "Partner ", None)), accepted_at=taken,
            email=f"friend{number // 6}@post.example",
            affiliate_customer_id=customer if is_record else None,
        )  # fmt: skip


def shuffled(world: RawWorld, seed: int) -> RawWorld:
    """The same messages, arrived in another order: later ones first, some a third time."""
    rng = random.Random(seed)
    moved = RawWorld(dict(world.rows))
    for table, rows in world.rows.items():
        if not table.startswith("events_"):
            continue
        again = [*rows, *(row for row in rows if rng.random() < 0.1)]
        rng.shuffle(again)
        moved.rows[table] = [
            row | {"_offset": offset, "_seq": 1 + offset // 70, "data": _resorted(row["data"])}
            for offset, row in enumerate(again)
        ]
    return moved


def _resorted(data: str) -> str:
    return json.dumps(dict(sorted(json.loads(data).items(), reverse=True)))
