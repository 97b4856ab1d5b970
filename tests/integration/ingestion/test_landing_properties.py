"""Landed, merged, dropped, recovered and killed in whatever order: the rows are right."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.settings import Settings
from ingestion.landing import LandingZone, ValidationResult
from ingestion.landing.verify import verify
from ingestion.quarantine import accept
from tests.depth import examples
from tests.support.killing import Point, Worker, worker
from tests.support.landed_messages import EVENTS, QUARANTINE, time_of
from tests.support.landed_rows import TABLE, rows
from tests.support.landing_model import Model
from warehouse.connection import open_warehouse
from warehouse.load import load

KEYS = st.sets(st.integers(0, 5), max_size=4)
COUNTS = st.integers(0, 4)
#: After how many calls that change the disk the operation is killed; it then runs again.
DEATH = st.one_of(st.none(), st.integers(1, 60))
#: Whether all that is pending was reviewed before: rows in question are not rewritten.
REVIEWED = st.sampled_from([True, True, False])
STEPS = st.one_of(
    st.tuples(st.just("tables"), DEATH, KEYS, KEYS),
    st.tuples(st.just("topics"), DEATH, COUNTS, COUNTS),
    st.tuples(st.just("compact"), DEATH, REVIEWED),
    st.tuples(st.just("replay"), DEATH),
    st.tuples(st.just("retain"), DEATH, REVIEWED, st.floats(0, 1), st.floats(0, 1)),
    st.tuples(st.just("review"), st.booleans()),
    st.just(("accept",)),
    st.just(("load",)),
)


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with worker(tmp_path_factory.mktemp("worker") / "0", traced=False) as found:
        yield found


class World:
    """A landing zone, its warehouse and what should be in them."""

    def __init__(self, home: Path, forks: Worker) -> None:
        self.settings = Settings(home=home, _env_file=None)
        self.zone = LandingZone(self.settings.landing_path)
        self.model = Model()
        self._forks = forks
        self._offset = 0

    def do(self, name: str, *arguments: Any) -> None:
        getattr(self, name)(*arguments)
        self.model.note(self.zone.entries())
        model = self.model
        assert rows(self.zone, TABLE, "id", "_op") == sorted(model.versions)
        assert rows(self.zone, EVENTS, "offset") == sorted(model.events)
        assert rows(self.zone, QUARANTINE, "offset") == sorted(model.aside)

    def tables(self, death: int | None, upserts: set[int], deletes: set[int]) -> None:
        deletes = deletes - upserts
        if upserts | deletes:
            job = {"name": "tables", "upserts": list(upserts), "deletes": list(deletes)}
            self.model.land_versions(self._run(job, death, repeats=False), upserts, deletes)

    def topics(self, death: int | None, good: int, bad: int) -> None:
        first, end = self._offset, self._offset + good + bad
        if end > first:
            mine, others = list(range(first, first + good)), list(range(first + good, end))
            job = {"name": "topics", "good": mine, "bad": others}
            self.model.land_messages(self._run(job, death, repeats=False), mine, others)
            self._offset = end

    def compact(self, death: int | None, reviewed: bool) -> None:
        if reviewed:
            self.review(hold=False)
        self._run({"name": "compact", "fan_in": 2}, death)

    def replay(self, death: int | None) -> None:
        before = len(self.zone.entries())
        number = self._run({"name": "replay"}, death)
        if number > before:
            self.model.replay(number)

    def retain(self, death: int | None, reviewed: bool, moment: float, share: float) -> None:
        if reviewed:
            self.review(hold=False)
        self.model.note(self.zone.entries())
        if entries := self.zone.entries():
            now = entries[int(moment * (len(entries) - 1))].committed_at
            last = int(share * self._offset)
            days = (now - time_of(last)) // timedelta(days=1)
            job = {"name": "retain", "days": [0, days, 0], "now": now.isoformat()}
            self._run(job, death)
            self.model.retain(now, last)

    def review(self, hold: bool) -> None:
        if self.model.unvalidated:
            held = max(self.model.unvalidated) if hold else None
            self.zone.commit_validation(
                ValidationResult(*pending, "held" if pending == held else "passed")
                for pending in self.zone.state().unvalidated
            )
            self.model.review(hold=hold)

    def accept(self) -> None:
        if self.model.held:
            accept(self.zone)
            self.model.held.clear()

    def load(self) -> None:
        load(self.settings, self.zone)
        held = self.model.first_held(TABLE), self.model.first_held(EVENTS)
        with open_warehouse(self.settings, read_only=True) as connection:
            versions = connection.execute(
                "select _seq, id, _op from wh.raw.oltp_product"
            ).fetchall()
            events = connection.execute(
                "select _seq, _offset from wh.raw.events_sales_funnel"
            ).fetchall()
            files = connection.execute("select distinct path from wh.raw.loaded_file").fetchall()
        assert sorted(versions) == sorted(row for row in self.model.versions if row[0] < held[0])
        assert sorted(events) == sorted(row for row in self.model.events if row[0] < held[1])
        assert {path for (path,) in files} <= {file.path for _, file in self.zone.live()}

    def _run(self, job: dict[str, Any], death: int | None, *, repeats: bool = True) -> int:
        """Runs an operation, killed once if so wished; returns the number of the newest entry."""
        before = len(self.zone.entries())
        job["root"] = str(self.zone.root)
        if death:
            assert self._forks.run(job, Point("any", death)) in (0, -signal.SIGKILL)
        if not death or repeats or len(self.zone.entries()) == before:
            assert self._forks.run(job) == 0
        return len(self.zone.entries())


@given(steps=st.lists(STEPS, min_size=6, max_size=20))
@settings(
    max_examples=examples(4),
    phases=[Phase.explicit, Phase.generate],  # to shrink a failure would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_landed_rows_match_the_reference_model(forks: Worker, steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        world = World(Path(home), forks)
        for step in steps:
            world.do(*step)
        world.do("load")
        assert verify(world.zone).problems == ()
