"""Advance open deals that began when the world was created."""

from __future__ import annotations

import numpy as np

from oltp.world.events.funnel import STEPS
from oltp.world.events.messages import FUNNEL, Events
from oltp.world.window import Window

#: Each deal advances once in this many days.
TURN_DAYS = 30
LOST = 0.2
CLOSED = ("DealWon", "DealLost")


def progress(rng: np.random.Generator, window: Window, earlier: Events, day: int) -> Events:
    """Return one more event for each open deal that advances on that day."""
    last = {deal: row for row, deal in enumerate(earlier.key)}
    rows = [
        row
        for turn, row in enumerate(last.values())
        if turn % TURN_DAYS == day % TURN_DAYS and earlier.type[row] not in CLOSED
    ]
    return Events(
        topic=FUNNEL,
        key=[earlier.key[row] for row in rows],
        type=["DealLost" if rng.random() < LOST else _after(earlier.type[row]) for row in rows],
        time=window.moments(rng, len(rows)),
        affiliate=earlier.affiliate[rows],
        data={name: [values[row] for row in rows] for name, values in earlier.data.items()},
    )


def _after(type_: str) -> str:
    """Return the next stage; opened and reopened deals start with the first."""
    return STEPS[STEPS.index(type_) + 1] if type_ in STEPS else STEPS[0]
