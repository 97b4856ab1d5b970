"""Whom the tasks are about: owners, consents, and people whom several affiliates contact often."""

from __future__ import annotations

import random
from datetime import timedelta

from tests.dbt.raw_world import AS_OF, RawWorld, Row

CHANNELS = ("email", "sms", "whatsapp", "phone", None)
OUTCOMES = ("reached", "no_answer", "no_answer", "replied", None)


def with_follow_ups(world: RawWorld, seed: int = 31) -> RawWorld:
    """Adds them; owner 3 has left, and every record's deal `d<id>` is called by a random seller."""
    rng = random.Random(seed)
    world.put("app_user", id=2, affiliate_id=2, role="seller", is_active=True)
    world.put("app_user", id=3, affiliate_id=3, role="seller", is_active=False)
    records = [
        (row["affiliate_id"], row["id"])
        for row in world.rows["oltp_affiliate_customer"]
        if row["_op"] == "upsert" and row["id"] >= 1000
    ]
    for affiliate, customer in records:
        about = {"affiliate_customer_id": customer}
        for place in range(rng.randint(0, 2)):
            kind = rng.choice(("ConsentGranted", "ConsentGranted", "ConsentWithdrawn"))
            said = {"purpose": "marketing", "channel": rng.choice(CHANNELS)}
            at = AS_OF - timedelta(days=rng.randint(1, 90), minutes=place)
            world.emit("marketing.consents", kind, affiliate, at, about | said)
        if rng.random() < 0.3:
            deal = about | {"deal_id": f"f{customer}", "owner_id": affiliate}
            stage = rng.choice(("DealOpened", "ContactMade", "DemoHeld", "DealLost"))
            days = rng.choice((2, 20, 80, 95, 110))
            opened = AS_OF - timedelta(days=days, minutes=rng.randint(0, 900))
            world.emit("sales.funnel", stage, affiliate, opened, deal | {"amount": 5 * days})
            for place in range(rng.choice((0, 1, 3, 6))):
                called = opened + timedelta(minutes=rng.randint(1, 1440 * days - 900))
                task = deal | {"task_id": f"v{customer}-{place}", "channel": rng.choice(CHANNELS)}
                done = task | {"outcome": rng.choice(OUTCOMES)}
                if rng.random() < 0.3:
                    done = as_delivered(world, affiliate, done)
                world.emit("marketing.follow-ups", "FollowUpDone", affiliate, called, done)
    return world


def as_delivered(world: RawWorld, affiliate: int, done: Row) -> Row:
    """The same outcome as of a destination that knows tasks and deals by pseudonyms only."""
    called = f"K_{done['task_id']}"
    world.rows.setdefault("delivered_follow_ups", []).append(
        {
            "affiliate_id": affiliate,
            "task_pseudonym": called,
            "task_id": done["task_id"],
            "deal_id": done["deal_id"],
            "affiliate_customer_id": done["affiliate_customer_id"],
            "delivered_at": AS_OF - timedelta(days=200),
            "_seq": 1,
        }
    )
    told = {name: done[name] for name in ("channel", "outcome")}
    return told | {"task_id": called, "deal_id": f"K_{done['deal_id']}"}
