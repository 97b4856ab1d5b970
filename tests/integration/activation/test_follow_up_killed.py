"""Deliveries killed at any point between writing files, sending to Kafka and acknowledging."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activation.delivery import kafka
from activation.delivery.difference import REMOVED
from activation.delivery.runs import DESIRED, Runs
from activation.follow_ups.deliver import runs_of
from core.settings import Settings
from ingestion.embedded import EmbeddedBroker
from tests.depth import examples
from tests.support.audience_world import NOW, Customer
from tests.support.follow_up_world import FollowUpWorld, Task

DAY = timedelta(days=1)
#: Where a delivery is killed.
DEATH = st.sampled_from(["never", "commit", "files acknowledged", "kafka", "kafka confirmed"])
#: Day of a delivery, where it is killed, and the number of messages that Kafka takes before.
STEP = st.tuples(st.integers(0, 6), DEATH, st.integers(0, 3))


class Died(BaseException):
    """Stands for a killed process: no code catches it."""


class Topic:
    """A compacted topic; sending fails after `takes` messages."""

    def __init__(self) -> None:
        self.holds: dict[str, dict[str, Any]] = {}
        self.takes: int | None = None

    def send(self, _: Any, __: str, messages: Iterable[kafka.Keyed]) -> int:
        count = 0
        for count, (key, value) in enumerate(messages, start=1):
            if self.takes is not None and count > self.takes:
                raise Died
            if value is None:
                self.holds.pop(key, None)
            else:
                self.holds[key] = json.loads(value)["data"]
        if self.takes is not None:
            raise Died
        return count


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> FollowUpWorld:
    """Tasks that fall due and expire on different days; nothing is delivered yet."""
    folder = tmp_path_factory.mktemp("published")
    world = FollowUpWorld(Settings(home=folder / "home", _env_file=None), folder / "audiences")
    world.customers = [Customer(1 + n % 2, n) for n in range(1, 5)]
    world.tasks = [
        Task(1 + n % 2, n, due_at=NOW + (n + 1) * DAY, expires_at=NOW + (n + 3) * DAY)
        for n in range(1, 5)
    ]
    world.publish()
    return world


def read_files(runs: Runs, holds: dict[str, Any], after: int) -> int:
    """Applies the files of runs after `after` to `holds` and returns the number of the last run."""
    for number in runs.numbers():
        if number > after:
            for path in sorted((runs.path(number) / "parquet").glob("*.parquet")):
                for row in pq.read_table(path).to_pylist():
                    if row.pop("operation") == REMOVED:
                        holds.pop(row["task_id"], None)
                    else:
                        holds[row["task_id"]] = row
    return max(runs.numbers(), default=after)


def dying(death: str, patch: pytest.MonkeyPatch) -> None:
    def at(name: str, *, after: bool) -> Callable[..., Any]:
        real = getattr(Runs, name)

        def replaced(runs: Runs, *arguments: Any) -> Any:
            if not after:
                raise Died
            real(runs, *arguments)
            raise Died

        return replaced

    if death == "commit":
        patch.setattr(Runs, "commit", at("commit", after=False))
    elif death == "files acknowledged":
        patch.setattr(Runs, "acknowledge", at("acknowledge", after=True))


@settings(max_examples=examples(4))
@given(st.lists(STEP, min_size=1, max_size=4))
def test_delivery_killed_at_any_point_converges(
    world: FollowUpWorld, steps: list[tuple[int, str, int]]
) -> None:
    with (
        TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        ExitStack() as stack,
    ):
        home = Path(folder) / "home"
        stack.callback(EmbeddedBroker(home / "servers" / "broker").stop)
        shutil.copytree(world.settings.home, home, symlinks=True)
        here = FollowUpWorld(Settings(home=home, _env_file=None), Path(folder))
        topic, listed, read = Topic(), dict[str, Any](), 0
        patch.setattr(kafka, "send", topic.send)
        runs = runs_of(home)
        for day, death, messages in [*steps, (steps[-1][0], "never", 0)]:
            topic.takes = {"kafka": messages, "kafka confirmed": 99}.get(death)
            with patch.context() as inner:
                dying(death, inner)
                try:
                    here.deliver(now=NOW + day * DAY, targets=("csv", "parquet", "kafka"))
                except Died:
                    assert death != "never"
                else:
                    assert death in ("never", "kafka")
            read = read_files(runs, listed, read)

        wanted = set(pq.read_table(runs.path(runs.last()) / DESIRED)["key"].to_pylist())
        assert wanted == {here.task(t.affiliate_id, t.record_id) for t in world.tasks
                          if t.due_at <= NOW + (steps[-1][0] + 1) * DAY
                          and t.expires_at > NOW + steps[-1][0] * DAY}  # fmt: skip
        assert set(topic.holds) == set(listed) == wanted
        for task, row in listed.items():
            sent = topic.holds[task]
            assert {name: sent[name] for name in ("affiliate", "due_at", "contact")} == {
                name: row[name] for name in ("affiliate", "due_at", "contact")
            }
