"""Deals in the sales funnel, and their follow-up tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from oltp.world.affiliates import seller_id
from oltp.world.columns import DAY
from oltp.world.customers import Records
from oltp.world.events.messages import FOLLOW_UPS, FUNNEL, Events, utc
from oltp.world.randomness import chance
from oltp.world.window import Window

STEPS = (
    "ContactMade",
    "LeadQualified",
    "DemoScheduled",
    "DemoHeld",
    "NegotiationStarted",
    "DealWon",
)
DEALS_PER_CUSTOMER = 0.08
SKIP, BACK, LOSE, REOPEN, STALL = 0.10, 0.06, 0.10, 0.15, 0.08
DAYS_BETWEEN_STEPS = 5.0
MOST_MOVES = 14
LOST_BECAUSE = ("price", "no_answer", "competitor", "timing", None)
FOLLOW_UP, DONE = 0.7, 0.6
OUTCOMES = ("reached", "no_answer", "replied", "meeting_booked", "opted_out")
CHANNELS = ("phone", "email", "whatsapp")


@dataclass
class _Rows:
    """Events of one topic, row by row."""

    types: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    affiliates: list[int] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)

    def add(self, type_: str, time: int, affiliate: int, **data: Any) -> None:
        self.types.append(type_)
        self.times.append(time)
        self.affiliates.append(affiliate)
        self.data.append(data)

    def events(self, topic: str, names: tuple[str, ...]) -> Events:
        return Events(
            topic=topic,
            key=[row["deal_id"] for row in self.data],
            type=self.types,
            time=np.array(self.times, dtype=np.int64),
            affiliate=np.array(self.affiliates, dtype=np.int64),
            data={name: [row.get(name) for row in self.data] for name in names},
        )


def deals(
    rng: np.random.Generator, window: Window, them: Records, currencies: list[str]
) -> tuple[Events, Events]:
    """Funnel events and follow-up events of the chunk's deals."""
    moves, tasks = _Rows(), _Rows()
    for row in np.flatnonzero(chance(rng, DEALS_PER_CUSTOMER, len(them.id))).tolist():
        affiliate = int(them.affiliate[row])
        common = {
            "deal_id": f"deal-{them.id[row]}-{window.last_day}",
            "affiliate_customer_id": int(them.id[row]),
            "owner_id": seller_id(affiliate, int(rng.integers(0, 3))),
        }
        worth = {
            "amount": round(float(rng.lognormal(6, 1)), 2),
            "currency": currencies[affiliate - 1],
        }
        time = int(window.after(rng, them.created[row : row + 1])[0])
        for type_ in _path(rng):
            if time >= window.end:
                break
            reason = LOST_BECAUSE[rng.integers(0, 5)] if type_ == "DealLost" else None
            moves.add(type_, time, affiliate, **common, **worth, reason=reason)
            if type_ in STEPS[:-1] and rng.random() < FOLLOW_UP:
                _follow_up(rng, window, tasks, time, affiliate, common)
            time += int(rng.exponential(DAYS_BETWEEN_STEPS) * DAY) + 60_000_000
    ids = ("deal_id", "affiliate_customer_id", "owner_id")
    return (
        moves.events(FUNNEL, (*ids, "amount", "currency", "reason")),
        tasks.events(FOLLOW_UPS, (*ids, "due_at", "outcome", "channel", "task_id")),
    )


def _path(rng: np.random.Generator) -> Iterator[str]:
    """Return the event types of one deal, with skips, steps back, losses and reopenings."""
    yield "DealOpened"
    place = 0
    for _ in range(MOST_MOVES):
        luck = rng.random()
        if luck < STALL:
            return
        if luck < STALL + LOSE:
            yield "DealLost"
            if rng.random() > REOPEN:
                return
            yield "DealReopened"
        elif luck < STALL + LOSE + BACK and place > 1:
            place -= 2
        elif luck < STALL + LOSE + BACK + SKIP:
            place = min(place + 1, len(STEPS) - 1)
        yield STEPS[place]
        place += 1
        if place == len(STEPS):
            return


def _follow_up(
    rng: np.random.Generator,
    window: Window,
    tasks: _Rows,
    time: int,
    affiliate: int,
    common: dict[str, Any],
) -> None:
    """Schedule the next contact; most are done around their due day."""
    due = time + int(rng.integers(1, 8)) * DAY
    task = {
        **common,
        "task_id": f"task-{common['deal_id']}-{time // 1_000_000}",
        "channel": CHANNELS[rng.integers(0, len(CHANNELS))],
    }
    due_at = utc(np.array([due]))[0]
    tasks.add("FollowUpScheduled", time + 1_000_000, affiliate, **task, due_at=due_at)
    done = due + int(rng.normal(0, 0.4) * DAY)
    if rng.random() < DONE and time < done < window.end:
        outcome = OUTCOMES[rng.integers(0, len(OUTCOMES))]
        tasks.add("FollowUpDone", done, affiliate, **task, due_at=due_at, outcome=outcome)
