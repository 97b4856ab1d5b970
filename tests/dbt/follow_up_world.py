"""Whom the tasks are about: owners, and consents given and withdrawn."""

from __future__ import annotations

import random
from datetime import timedelta

from tests.dbt.raw_world import AS_OF, RawWorld

CHANNELS = ("email", "sms", "whatsapp", "phone", None)


def with_follow_ups(world: RawWorld, seed: int = 31) -> RawWorld:
    """Adds them; owner 3 has left."""
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
        for _ in range(rng.randint(0, 2)):
            kind = rng.choice(("ConsentGranted", "ConsentGranted", "ConsentWithdrawn"))
            said = {"purpose": "marketing", "channel": rng.choice(CHANNELS)}
            at = AS_OF - timedelta(days=rng.randint(1, 90))
            world.emit("marketing.consents", kind, affiliate, at, about | said)
    return world
