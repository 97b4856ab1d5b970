"""Which tasks wait because all affiliates together contact a person too often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.dbt.raw_world import AS_OF, RawWorld, Row
from tests.dbt.recomputed_calendar import MINUTE, calendar
from tests.dbt.recomputed_funnel import Deal, Life, follow_ups

#: So many days after the contact that lies so many places before.
LIMITS = ((7, 3), (30, 8))


def unified(
    made: list[Row], found: dict[Deal, Life], world: RawWorld, people: dict[Any, str]
) -> list[Row]:
    """Rows of follow_ups: those of own_follow_ups, and a later day where there is one."""
    lines: dict[str, list[Any]] = {}
    for row in follow_ups(world):
        life = found.get((row["affiliate_id"], row["deal_id"]))
        record = (life and life.record) or row["affiliate_customer_id"]
        person = people.get((row["affiliate_id"], record))
        if row["event_type"] == "FollowUpDone" and person:
            lines.setdefault(person, []).append((row["event_at"], 0))
    for task in made:
        person = people[task["affiliate_id"], task["affiliate_customer_id"]]
        place = (-task["priority"], task["affiliate_id"], task["deal_id"].encode())
        lines.setdefault(person, []).append((max(task["due_at"], AS_OF), 1, place, task))
    rows = []
    for person, line in lines.items():
        line.sort(key=lambda entry: entry[:3])
        for number, (at, is_task, *more) in enumerate(line):
            if is_task:
                spaced = [
                    line[number - places][0] + timedelta(days=days)
                    for days, places in LIMITS
                    if number >= places
                ]
                task = more[1] | {"customer_id": person, "is_delayed": False}
                waits = max([at, *spaced]) > at and not task["is_agreed"]
                rows.append(_later(task, max(spaced)) if waits else task)
    return rows


def _later(task: Row, limit: datetime) -> Row:
    hours = calendar(task["affiliate_id"])
    due = hours.opening(limit.replace(second=0, microsecond=0) + MINUTE)
    opens, closes = hours.hours(due)
    return task | {
        "is_delayed": True, "status": "scheduled", "due_at": due.astimezone(UTC),
        "due_on": due.date(), "window_start": opens, "window_end": closes,
        "overdue_hours": 0, "overdue_business_hours": 0, "is_carried_over": False,
    }  # fmt: skip
