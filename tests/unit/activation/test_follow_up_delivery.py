from __future__ import annotations

import csv
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from activation.delivery import recent_events
from activation.follow_ups.deliver import runs_of
from activation.follow_ups.erasure import undeleted_files
from contracts.ledgers import FOLLOW_UPS
from core.errors import AffiliateError
from core.settings import Settings
from ingestion.landing import tombstones
from tests.support.audience_world import AS_OF, NOW, Customer
from tests.support.follow_up_world import FollowUpWorld, Task
from tests.support.searching import found_in

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HIDDEN = ("fatigue", "delay", "erased", "answered")


@pytest.fixture(scope="module")
def delivered_once(tmp_path_factory: pytest.TempPathFactory) -> FollowUpWorld:
    """Two affiliates' tasks, delivered; the first customer of each is the same person."""
    folder = tmp_path_factory.mktemp("delivered")
    world = FollowUpWorld(Settings(home=folder / "home", _env_file=None), folder / "audiences")
    world.customers = [
        Customer(1, 1, "ana", full_name="=cmd|' /C calc'!A0", email="ana@alpha.example"),
        Customer(2, 1, "ana", email="ana@beta.example", phone="+5511999"),
        *(Customer(1, n) for n in range(2, 6)),
    ]
    world.tasks = [Task(c.affiliate_id, c.record_id) for c in world.customers]
    world.change_task(2, 1, channel="phone")
    world.publish()
    assert world.deliver().counts.delivered == 6
    return world


@pytest.fixture
def world(tmp_path: Path, delivered_once: FollowUpWorld) -> FollowUpWorld:
    """A copy of that world."""
    found = FollowUpWorld(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")
    shutil.copytree(delivered_once.settings.home, found.settings.home, symlinks=True)
    found.customers, found.tasks = list(delivered_once.customers), list(delivered_once.tasks)
    found.releases = delivered_once.releases
    return found


def files(world: FollowUpWorld) -> list[dict[str, str]]:
    """Rows of the newest run's CSV files."""
    runs = runs_of(world.settings.home)
    rows = []
    for path in sorted((runs.path(runs.last()) / "csv").glob("*.csv")):
        with path.open(newline="") as file:
            found = list(csv.DictReader(file))
        assert {row["affiliate"] for row in found} == {path.stem}
        rows += found
    return rows


def withdrawn(world: FollowUpWorld) -> set[str]:
    """Tasks that the newest run took back."""
    assert {row["operation"] for row in files(world)} <= {"removed"}
    return {row["task_id"] for row in files(world)}


def test_each_affiliate_receives_its_tasks_with_contact_data(
    delivered_once: FollowUpWorld,
) -> None:
    rows = {row["task_id"]: row for row in files(delivered_once)}
    assert set(rows) == {
        delivered_once.task(1, 1), *(delivered_once.task(1, n) for n in range(2, 6)),
        delivered_once.task(2, 1),
    }  # fmt: skip
    ana, elsewhere = rows[delivered_once.task(1, 1)], rows[delivered_once.task(2, 1)]
    assert (ana["full_name"], ana["contact"]) == ("'=cmd|' /C calc'!A0", "ana@alpha.example")
    assert (elsewhere["contact"], elsewhere["priority"]) == ("'+5511999", "50.00")
    assert ana["due_at"] == "2026-02-28T21:00:00Z"
    assert ana["customer_id"] != elsewhere["customer_id"]
    runs = runs_of(delivered_once.settings.home)
    folder = runs.path(1)
    (row,) = pq.read_table(folder / "parquet" / "beta.parquet").to_pylist()
    assert (row["step"], row["contact"], str(row["priority"])) == (1, "+5511999", "50.00")
    assert [path for path in folder.rglob("*") if path.stat().st_mode & 0o077] == []
    assert runs.manifest(1)["targets"]["csv"]["files"].keys() == {"alpha.csv", "beta.csv"}


def test_unchanged_tasks_are_not_sent_again(world: FollowUpWorld) -> None:
    world.publish()
    assert world.deliver().targets["csv"] == {
        "added": 0, "changed": 0, "removed": 0, "unchanged": 6, "files": {},
    }  # fmt: skip
    assert world.deliver(resync=True).targets["csv"]["changed"] == 6


OPT_OUTS = {
    "everything": ("marketing.consents", "ConsentWithdrawn", {}),
    "the channel": ("marketing.consents", "ConsentWithdrawn",
                    {"purpose": "marketing", "channel": " Email"}),
    "on the phone": ("marketing.follow-ups", "FollowUpDone",
                     {"deal_id": "d", "outcome": "opted_out"}),
    "erasure": ("privacy.erasures", "CustomerErased", {"scope": "affiliate"}),
}  # fmt: skip


@pytest.mark.parametrize("said", OPT_OUTS.values(), ids=OPT_OUTS.keys())
@pytest.mark.parametrize("moment", ["before", "while the release is read"])
def test_opt_out_before_delivery_suppresses_the_customer(
    world: FollowUpWorld,
    said: tuple[str, str, dict[str, Any]],
    moment: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    topic, kind, data = said

    def opt_out() -> None:
        world.land(topic, kind, 1, affiliate_customer_id=2, **data)

    if moment == "before":
        opt_out()
    else:
        load = recent_events.load

        def opt_out_then_load(*arguments: Any) -> None:
            opt_out()
            load(*arguments)

        monkeypatch.setattr(recent_events, "load", opt_out_then_load)
    world.deliver()

    assert withdrawn(world) == {world.task(1, 2)}


def test_withdrawal_for_another_channel_purpose_or_affiliate_has_no_effect(
    world: FollowUpWorld,
) -> None:
    others: list[dict[str, Any]]
    others = [{"purpose": "marketing", "channel": "sms"}, {"purpose": "profiling"}]
    for said in others:
        world.land("marketing.consents", "ConsentWithdrawn", 1, affiliate_customer_id=2, **said)
    world.land("marketing.consents", "ConsentWithdrawn", 2, affiliate_customer_id=3)

    assert world.deliver().targets["csv"]["unchanged"] == 6


def bury(world: FollowUpWorld) -> None:
    """Erases the first customer from the landing zone."""
    hasher = tombstones.Hasher(tombstones.key_for_writing(world.settings.home))
    tombstones.land(
        world.zone, [hasher.record(1, 1)], request_id="r", scope="affiliate", requested_at=NOW
    )


def test_completed_erasure_applies_through_its_tombstone(world: FollowUpWorld) -> None:
    bury(world)

    assert world.deliver().counts.erased == 1
    assert withdrawn(world) == {world.task(1, 1)}


def test_outcome_with_the_delivered_task_id_closes_the_task(world: FollowUpWorld) -> None:
    at = AS_OF - HOUR
    outcome = {"deal_id": "as the list calls it", "task_id": world.task(1, 2)}
    world.land("marketing.follow-ups", "FollowUpDone", 1, at, outcome="no_answer", **outcome)
    # another affiliate cannot close it
    stolen = {"deal_id": "x", "task_id": world.task(1, 3)}
    world.land("marketing.follow-ups", "FollowUpDone", 2, at, outcome="opted_out", **stolen)
    world.land("sales.funnel", "DealLost", 1, at, deal_id="known:4")

    assert world.deliver().counts.answered == 2
    assert withdrawn(world) == {world.task(1, 2), world.task(1, 4)}
    # the next release knows of it: the next step is another task
    world.change_task(1, 2, step=2)
    world.publish()
    assert world.deliver().counts.answered == 0
    assert world.task(1, 2, step=2) in {row["task_id"] for row in files(world)}


def test_removal_for_fatigue_looks_like_any_removal(
    world: FollowUpWorld,
) -> None:
    world.change_task(1, 1, is_delayed=True)
    world.change_task(1, 2, due_at=NOW + 3 * DAY)
    world.publish()

    report = world.deliver()

    assert (report.counts.fatigue, report.counts.later) == (1, 1)
    assert withdrawn(world) == {world.task(1, 1), world.task(1, 2)}
    delayed, later = sorted(files(world), key=lambda row: row["task_id"] != world.task(1, 1))
    apart = ("task_id", "deal_id", "customer_id", "full_name", "contact")
    assert {k: v for k, v in delayed.items() if k not in apart} == {
        k: v for k, v in later.items() if k not in apart
    }
    folder = runs_of(world.settings.home).path(report.run) / "csv"
    text = (folder / "alpha.csv").read_text()
    assert not any(word in text for word in HIDDEN)


def test_tasks_are_sent_when_due_and_removed_when_expired(world: FollowUpWorld) -> None:
    world.change_task(1, 1, expires_at=NOW + DAY)
    world.change_task(1, 2, due_at=NOW + 3 * DAY)
    world.publish()

    assert world.deliver().counts.later == 1
    assert world.deliver(ahead=3 * DAY).counts.later == 0
    late = world.deliver(now=NOW + DAY, ahead=3 * DAY)
    assert (late.counts.expired, late.counts.delivered) == (1, 5)


def test_task_pseudonyms_are_landed_once_and_before_delivery(
    world: FollowUpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named() -> list[str]:
        paths = [world.zone.path(file) for _, file in world.zone.live(FOLLOW_UPS.dataset)]
        return sorted(name for path in paths
                      for name in pq.read_table(path)["task_pseudonym"].to_pylist())  # fmt: skip

    assert len(named()) == len(set(named())) == 6
    world.tasks.append(Task(1, 5, step=2))
    world.change_task(1, 5, step=2)
    world.publish()

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("activation.follow_ups.deliver._store", die)
    with pytest.raises(KeyboardInterrupt):
        world.deliver()
    assert world.task(1, 5, step=2) in named()
    assert runs_of(world.settings.home).last() == 1


def test_erasure_waits_for_file_readers_then_leaves_no_data(
    world: FollowUpWorld,
) -> None:
    home = world.settings.home
    bury(world)
    (before,) = undeleted_files(world.settings).values()
    assert before.startswith("follow-ups: `affiliate follow-ups deliver`; when destinations have")

    world.deliver()

    assert undeleted_files(world.settings) == {
        "follow_ups/": "follow-ups: when destinations have read run 2, "
        "`affiliate follow-ups purge` and run again"
    }
    assert found_in(home / "follow_ups", ["ana@alpha.example"]) != []
    runs_of(home).prune(("csv", "parquet"), kept=0)
    assert undeleted_files(world.settings) == {}
    assert found_in(home / "follow_ups", ["ana@alpha.example"]) == []


def test_task_release_with_foreign_rows_or_another_key_is_refused(
    world: FollowUpWorld,
) -> None:
    file = world.settings.releases_path / "current" / "affiliates" / "alpha.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("USE marts; UPDATE follow_ups SET customer_id = ?", [world.member(2, 1)])
    with pytest.raises(AffiliateError, match="5 tasks of the release are unknown"):
        world.deliver()
    with duckdb.connect(str(file)) as connection:
        connection.execute("USE marts; UPDATE follow_ups SET affiliate = 'beta'")
    with pytest.raises(AffiliateError, match="file of alpha contains rows of another affiliate"):
        world.deliver()
    (world.settings.home / "secrets" / "pseudonym.key").write_text("ab" * 31 + "cd")
    world.publish()
    assert world.deliver().targets["csv"]["removed"] == 6


def test_manifest_counts_every_task_outcome(world: FollowUpWorld) -> None:
    world.change_task(1, 1, is_delayed=True)
    world.publish()
    world.deliver()
    counts = json.loads((runs_of(world.settings.home).path(2) / "manifest.json").read_text())
    numbers = counts["counts"]
    assert numbers["open"] == sum(n for fate, n in numbers.items() if fate != "open") == 6
