from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import sqrt
from pathlib import Path
from statistics import mean, variance

import pyarrow.parquet as pq
import pytest

from activation.audiences import lift
from activation.audiences.store import MEMBERSHIP, runs_of
from core.errors import ConfigurationError
from core.settings import Settings
from tests.support.audience_world import AS_OF, Customer, World

ENTRY = AS_OF - timedelta(days=100)
PERSONS, WINDOW = 160, 30


def customer(affiliate_id: int, n: int) -> Customer:
    """Everybody buys in the window, before and after it; person 7 in a currency without a rate."""
    bought = [
        (ENTRY - timedelta(seconds=1), 1000.0),
        (ENTRY + timedelta(days=n % WINDOW), None if n == 7 else float(n * 37 % 90)),
        (ENTRY + timedelta(days=WINDOW), 5000.0),
    ]
    return Customer(affiliate_id, n, f"p{n}", orders=tuple(bought))


def test_lift_equals_a_manual_computation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")
    world.customers = [customer(1, n) for n in range(1, PERSONS + 1)]
    world.customers += [customer(2, n) for n in range(1, 11)]
    holdout = {"pct": 45, "salt": "s", "window_days": WINDOW}
    world.audience(holdout=holdout)
    world.audience("other")
    world.publish()
    world.run(now=ENTRY)
    rows = pq.read_table(runs_of(world.settings.home, "winback").path(1) / MEMBERSHIP).to_pylist()
    arms = {row["person_id"]: row["arm"] for row in rows}
    first_held = next(n for n in range(20, PERSONS) if arms[f"p{n}"] == "held")
    world.land("marketing.follow-ups", "FollowUpDone", 1, ENTRY + timedelta(days=3), deal_id="d",
               affiliate_customer_id=first_held, outcome="reached")  # fmt: skip

    found = lift.measure_lift(world.settings, world.folder, "winback")

    spent: dict[str, list[int]] = {"treated": [], "held": []}
    for n in range(1, PERSONS + 1):
        if n != 7:
            spent[arms[f"p{n}"]].append((n * 37 % 90) * (2 if n < 11 else 1))
    treated, held = spent["treated"], spent["held"]
    error = sqrt(variance(treated) / len(treated) + variance(held) / len(held))
    difference = mean(treated) - mean(held)
    assert found.status == "measured"
    assert (found.treated.persons, found.held.persons) == (len(treated), len(held))
    assert found.difference == pytest.approx(difference, abs=0.005)
    assert found.interval == pytest.approx(
        (difference - 1.959964 * error, difference + 1.959964 * error), abs=0.006
    )
    assert found.without_rate == 1
    assert (found.contaminated, found.crossed, found.waiting) == (1, 0, 0)
    needed = variance(treated) * (1 / 0.55 + 1 / 0.45)
    assert found.sample_needed == pytest.approx(
        needed * ((1.959964 + 0.841621) / (0.1 * mean(treated))) ** 2, rel=1e-3, abs=1
    )

    # held at one audience, contacted by another
    world.run("other", now=ENTRY + timedelta(days=5))
    assert lift.measure_lift(world.settings, world.folder, "winback").contaminated == sum(
        arm == "held" for arm in arms.values()
    )

    monkeypatch.setattr(lift, "MINIMUM_PERSONS", len(held) + 1)
    few = lift.measure_lift(world.settings, world.folder, "winback")
    assert (few.status, few.difference, few.interval) == ("insufficient_data", None, None)
    assert (few.treated.mean, few.held) == (None, replace(found.held, mean=None))

    world.audience(holdout={**holdout, "window_days": 101})
    waiting = lift.measure_lift(world.settings, world.folder, "winback")
    assert (waiting.waiting, waiting.treated.persons) == (PERSONS, 0)
    with pytest.raises(ConfigurationError, match="has no holdout"):
        lift.measure_lift(world.settings, world.folder, "other")
