from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.settings import Settings
from tests.support.audience_world import NOW, Customer, World

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")


def deliver_to(world: World, now: datetime) -> list[dict[str, str]]:
    world.run(now=now)
    return world.delivered()


def test_customer_is_only_in_the_audience_of_highest_priority(world: World) -> None:
    world.customers = [
        Customer(1, 1, avg_ticket=500),
        Customer(1, 2, avg_ticket=500, consent_email=False),
        Customer(1, 3),
        Customer(2, 1),
    ]
    world.audience("top", where={"field": "avg_ticket", "gte": 400}, group="g", priority=2)
    world.audience(group="g", priority=1)
    world.audience("apart")
    world.publish()

    assert world.run("top").counts["delivered"] == 1
    report = world.run()
    assert report.would_have_been_in == {"top": 1}
    assert {row["member"] for row in world.delivered()} == {
        world.member(1, 3), world.member(2, 1),
    }  # fmt: skip
    assert world.run("apart").counts["delivered"] == 3
    world.change(1, 3, avg_ticket=500)
    world.publish()
    world.run(force=True)
    visit = world.visits()[0]
    assert (visit["affiliate_id"], visit["record_id"], visit["exit_reason"]) == (1, 3, "cap")


def test_frequency_cap_defers_new_members_only(
    world: World,
) -> None:
    world.customers = [Customer(1, 1, avg_ticket=500), Customer(1, 2), Customer(2, 1)]
    world.audience("other", where={"field": "avg_ticket", "gte": 400})
    world.audience(suppress=["contacted_lt_7d"])
    world.publish()

    world.run("other")
    assert {row["member"] for row in deliver_to(world, NOW + 6 * DAY)} == {
        world.member(1, 2), world.member(2, 1),
    }  # fmt: skip
    assert {row["member"] for row in deliver_to(world, NOW + 8 * DAY)} == {world.member(1, 1)}
    world.change(2, 1, avg_ticket=500)
    world.publish()
    assert world.run("other", now=NOW + 8 * DAY).targets["csv"]["added"] == 1
    assert {row["operation"] for row in deliver_to(world, NOW + 9 * DAY)} == {"changed"}


def test_holdout_follows_the_unified_customer_and_is_stable(world: World) -> None:
    people = 60
    world.customers = [Customer(a, n, f"p{n}") for n in range(1, people + 1) for a in (1, 2)]
    world.audience(holdout={"pct": 25, "salt": "s"})
    world.publish()

    report = world.run()

    arms: dict[str, set[str]] = {}
    for visit in world.visits():
        arms.setdefault(visit["person_id"], set()).add(visit["arm"])
    held = {person for person, arm in arms.items() if arm == {"held"}}
    assert all(len(arm) == 1 for arm in arms.values())
    assert 0.1 * people < len(held) < 0.4 * people
    assert report.counts["held"] == 2 * len(held)
    sent = {row["member"] for row in world.delivered()}
    assert sent == {v["member"] for v in world.visits() if v["person_id"] not in held}
    again = world.run()
    assert again.targets["csv"] == {**again.targets["csv"], "added": 0, "removed": 0}
    world.audience(holdout={"pct": 50, "salt": "s"})
    wider = world.run(force=True)
    assert set(wider.exits) == {"holdout"}
    assert {v["person_id"] for v in world.visits() if v["arm"] == "held"} > held
