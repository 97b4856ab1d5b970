"""ProductVisited events: sessions of a few page views each."""

from __future__ import annotations

import numpy as np

from oltp.world.catalogue import Catalogue
from oltp.world.customers import Records
from oltp.world.events.messages import VISITS, Events
from oltp.world.randomness import chance
from oltp.world.window import Window

SESSIONS_PER_CUSTOMER, VISITS_PER_SESSION = 3.2, 2.5
SECONDS_BETWEEN_VISITS = 90.0
#: Share of visitors without a customer record, and the first of their IDs.
UNKNOWN, FIRST_UNKNOWN = 0.01, 9_000_000_000
CHANNELS = ("web", "mobile_app")


def visits(
    rng: np.random.Generator,
    window: Window,
    them: Records,
    stock: Catalogue,
    sessions_per_customer: float = SESSIONS_PER_CUSTOMER,
) -> Events:
    """Draws about eight visits per customer, never before the record began."""
    habit = rng.gamma(1.2, 1 / 1.2, len(them.id))
    owner = np.repeat(np.arange(len(them.id)), rng.poisson(sessions_per_customer * habit))
    started = window.after(rng, them.created[owner])
    counts = rng.geometric(1 / VISITS_PER_SESSION, len(owner))
    session = np.repeat(np.arange(len(owner)), counts)
    size = len(session)
    place = np.arange(size) - np.repeat(np.cumsum(counts) - counts, counts)
    pause = rng.exponential(SECONDS_BETWEEN_VISITS, size) + 1
    time = started[session] + ((place * pause) * 1_000_000).astype(np.int64)
    unknown = chance(rng, UNKNOWN, len(owner))
    visitor = np.where(unknown, FIRST_UNKNOWN + np.arange(len(owner)), them.id[owner])[session]
    channel = rng.integers(0, len(CHANNELS), len(owner))[session]
    affiliate = them.affiliate[owner][session]
    return Events(
        topic=VISITS,
        key=visitor,
        type=["ProductVisited"] * size,
        time=np.minimum(time, window.end - 1),
        affiliate=affiliate,
        data={
            "affiliate_customer_id": visitor,
            "product_id": stock.to_taste(rng, affiliate, owner[session]),
            "session_id": [
                f"s-{them.id[o]}-{at // 1_000_000}"
                for o, at in zip(owner[session].tolist(), started[session].tolist(), strict=True)
            ],
            "channel": [CHANNELS[i] for i in channel.tolist()],
        },
    )
