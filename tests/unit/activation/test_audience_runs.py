from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from activation.audiences import deliver
from activation.audiences.erasure import withdraw_erased
from activation.audiences.plan import prepare
from activation.audiences.store import runs_of
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from ingestion.landing import tombstones
from tests.support.audience_world import NOW, Customer, World
from tests.support.searching import found_in

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")


def test_each_step_excludes_the_expected_customers(world: World) -> None:
    recently = NOW - 2 * DAY
    world.customers = [
        Customer(1, 1, full_name="=cmd|' /C calc'!A0", email="a@mail.example"),
        Customer(2, 1, email="b@mail.example"),
        Customer(1, 2, lifecycle_stage="active"),
        Customer(1, 3, consent_email=False),
        Customer(1, 4, email=None),
        Customer(1, 5, age=17),
        Customer(2, 6, age=None),
        Customer(1, 7, last_contact_at=recently),
        Customer(1, 8),
        Customer(1, 9),
    ]
    world.audience(
        suppress=["minors", "contacted_lt_7d"],
        send=["full_name", "email", "avg_ticket"],
        deliver=[{"csv": "per_affiliate"}, {"parquet": "per_affiliate"}],
    )
    world.publish()
    world.land("marketing.follow-ups", "FollowUpDone", 1, recently, deal_id="d",
               affiliate_customer_id=8, outcome="reached")  # fmt: skip
    world.land("sales.funnel", "DealOpened", 1, recently, deal_id=9, affiliate_customer_id=9)
    world.land("marketing.follow-ups", "FollowUpDone", 1, recently, deal_id="9",
               outcome="opted_out")  # fmt: skip

    report = world.run()

    assert report.counts == {
        "eligible": 9, "consenting": 6, "unsuppressed": 3, "prioritised": 3, "members": 3,
        "held": 0, "delivered": 3,
    }  # fmt: skip
    rows = world.delivered()
    assert [(r["operation"], r["affiliate"], r["member"], r["avg_ticket"]) for r in rows] == [
        ("added", "alpha", world.member(1, 1), "100.00"),
        *(
            ("added", "beta", member, "100.00")
            for member in sorted(world.member(2, record) for record in (1, 6))
        ),
    ]
    assert rows[0]["full_name"] == "'=cmd|' /C calc'!A0"
    folder = runs_of(world.settings.home, "winback").path(1)
    (row,) = pq.read_table(folder / "parquet" / "alpha.parquet").to_pylist()
    assert (row["member"], str(row["avg_ticket"])) == (world.member(1, 1), "100.00")
    private = [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]
    assert private == []


@pytest.fixture(scope="module")
def delivered_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Six delivered customers; the first of each affiliate is the same person."""
    folder = tmp_path_factory.mktemp("delivered")
    world = World(Settings(home=folder / "home", _env_file=None), folder / "audiences")
    world.customers = [
        Customer(1, 1, "ana", email="ana@alpha.example"),
        Customer(2, 1, "ana", email="ana@beta.example"),
        *(Customer(1, n) for n in range(2, 6)),
    ]
    world.audience(reentry={"after_days": 10})
    world.publish()
    assert world.run().counts["delivered"] == 6
    return world


@pytest.fixture
def member(world: World, delivered_once: World) -> World:
    """A copy of that world."""
    shutil.copytree(delivered_once.settings.home, world.settings.home, symlinks=True)
    shutil.copytree(delivered_once.folder, world.folder)
    world.customers, world.releases = list(delivered_once.customers), delivered_once.releases
    return world


def opt_out(world: World, record_id: int, **said: Any) -> None:
    world.land("marketing.consents", "ConsentWithdrawn", 1, affiliate_customer_id=record_id, **said)


def test_opt_out_after_the_release_removes_the_member(member: World) -> None:
    opt_out(member, 1, purpose="marketing", channel=" Email")
    opt_out(member, 2)
    opt_out(member, 3, purpose="marketing", at=NOW - 400 * DAY)
    member.land("marketing.follow-ups", "FollowUpDone", 1, deal_id="d", affiliate_customer_id=4,
                outcome="opted_out")  # fmt: skip

    report = member.run()

    rows = member.delivered()
    assert (report.status, report.exits) == ("delivered", {"consent": 4})
    assert {(row["operation"], row["reason"]) for row in rows} == {("removed", "consent")}
    assert {row["member"] for row in rows} == {member.member(1, n) for n in range(1, 5)}
    assert "ana@alpha.example" in {row["email"] for row in rows}


def test_opt_out_during_the_run_is_applied(member: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare_then_opt_out(*arguments: Any) -> None:
        prepare(*arguments)
        opt_out(member, 1)

    monkeypatch.setattr(deliver, "prepare", prepare_then_opt_out)
    member.run()

    assert [(r["operation"], r["member"]) for r in member.delivered()] == [
        ("removed", member.member(1, 1))
    ]


def test_unrelated_withdrawal_removes_no_member(member: World) -> None:
    opt_out(member, 1, purpose="marketing", channel="sms")
    opt_out(member, 1, purpose="profiling")
    member.land("marketing.consents", "ConsentWithdrawn", 2, affiliate_customer_id=7)

    assert member.run().targets["csv"]["unchanged"] == 6


@pytest.mark.parametrize(
    ("scope", "reached"), [("affiliate", ["alpha"]), ("all", ["alpha", "beta"])]
)
def test_erasure_request_removes_records_in_its_scope(
    member: World, scope: str, reached: list[str]
) -> None:
    member.land("privacy.erasures", "CustomerErased", 1, affiliate_customer_id=1, scope=scope)

    member.run()

    rows = member.delivered()
    assert [row["affiliate"] for row in rows] == reached
    assert {(row["operation"], row["reason"]) for row in rows} == {("removed", "erased")}


def test_completed_erasure_applies_through_its_tombstone(member: World) -> None:
    hasher = tombstones.Hasher(tombstones.key_for_writing(member.settings.home))
    tombstones.land(
        member.zone, [hasher.record(1, 1)], request_id="r", scope="affiliate", requested_at=NOW
    )

    assert member.run().exits == {"erased": 1}
    assert [row["member"] for row in member.delivered()] == [member.member(1, 1)]


def test_removed_customer_leaves_no_data_after_acknowledgement(
    member: World,
) -> None:
    member.customers = [c for c in member.customers if (c.affiliate_id, c.record_id) != (1, 1)]
    member.publish()

    member.run()

    (row,) = member.delivered()
    assert (row["operation"], row["reason"], row["email"]) == (
        "removed", "erased", "ana@alpha.example",
    )  # fmt: skip
    runs_of(member.settings.home, "winback").prune(["csv"], kept=0)
    assert member.run().targets["csv"]["unchanged"] == 5
    for path in (member.settings.home / "audiences").rglob("*.parquet"):
        assert "ana@alpha.example" not in str(pq.read_table(path).to_pylist())
    assert not list((member.settings.home / "audiences").rglob("*.csv"))


def test_erasure_withdraws_members_then_waits_for_file_readers(member: World) -> None:
    hasher = tombstones.Hasher(tombstones.key_for_writing(member.settings.home))
    tombstones.land(
        member.zone, [hasher.record(1, 1)], request_id="r", scope="affiliate", requested_at=NOW
    )
    member.customers = [c for c in member.customers if (c.affiliate_id, c.record_id) != (1, 1)]
    member.customers.append(Customer(1, 99, email="new@alpha.example"))
    member.publish()

    waiting = withdraw_erased(member.settings, NOW, member.folder)

    assert waiting == {
        "audiences/winback/": "audience winback: when its destination has read run 2, "
        "`affiliate audience purge winback` and run again"
    }
    (row,) = member.delivered()
    assert (row["operation"], row["email"]) == ("removed", "ana@alpha.example")
    runs = runs_of(member.settings.home, "winback")
    assert withdraw_erased(member.settings, NOW + DAY, member.folder) == waiting
    assert runs.last() == 2
    runs.prune(["csv"], kept=0)
    assert withdraw_erased(member.settings, NOW + DAY, member.folder) == {}
    assert found_in(member.settings.home / "audiences", ["ana@alpha.example"]) == []
    assert member.run(now=NOW + DAY).targets["csv"]["added"] == 1


def test_circuit_breaker_holds_mass_removals_but_not_withdrawals(member: World) -> None:
    for record in (2, 3):
        member.change(1, record, lifecycle_stage="active")
    member.publish()
    opt_out(member, 1)

    held = member.run()

    assert held.status == "held"
    assert held.why_held == ["2 of 6 members would be removed"]
    assert [row["member"] for row in member.delivered()] == [member.member(1, 1)]
    member.audience(min_size=6)
    forced = member.run(force=True, now=NOW + DAY)
    assert forced.why_held[0] == "3 members, and min_size is 6"
    assert (forced.status, forced.exits) == ("delivered", {"rule": 2})
    assert {row["reason"] for row in member.delivered()} == {"rule"}


def test_membership_intervals_follow_the_reentry_policy(member: World) -> None:
    def becomes(stage: str) -> None:
        member.change(1, 2, lifecycle_stage=stage)
        member.publish()

    becomes("active")
    member.run(now=NOW + DAY)
    becomes("at_risk")
    assert member.run(now=NOW + 10 * DAY).targets["csv"]["added"] == 0
    assert member.run(now=NOW + 11 * DAY).targets["csv"]["added"] == 1
    first, second = [v for v in member.visits() if v["record_id"] == 2]
    assert (first["entered_at"], first["exited_at"]) == (NOW, NOW + DAY)
    assert (first["exit_reason"], second["entry_number"]) == ("rule", 2)
    assert (second["entered_at"], second["exited_at"]) == (NOW + 11 * DAY, None)

    member.audience(reentry="once")
    becomes("active")
    member.run(now=NOW + 12 * DAY)
    becomes("at_risk")
    assert member.run(now=NOW + 900 * DAY).targets["csv"]["added"] == 0
    member.audience(reentry="always")
    assert member.run(now=NOW + 900 * DAY).targets["csv"]["added"] == 1

    member.audience(expires=NOW.date().isoformat())
    over = member.run(now=NOW + 901 * DAY)
    assert (over.status, over.exits, over.counts["delivered"]) == ("delivered", {"expired": 6}, 0)


def test_lost_acknowledgement_is_recovered(member: World) -> None:
    member.audience(deliver=[{"csv": "per_affiliate", "acknowledge": "manual"}])
    runs = runs_of(member.settings.home, "winback")
    member.change(1, 2, lifecycle_stage="active")
    member.change(1, 3, avg_ticket=7)
    member.publish()
    first = member.run()
    assert (first.targets["csv"]["removed"], first.targets["csv"]["changed"]) == (1, 1)

    # without an acknowledgement, the next run sends the same changes again
    member.change(1, 3, avg_ticket=100)
    member.publish()
    second = member.run(now=NOW + DAY)
    assert (second.targets["csv"]["removed"], second.targets["csv"]["changed"]) == (1, 1)
    runs.acknowledge(second.run, "csv")
    assert member.run(now=NOW + DAY).targets["csv"]["unchanged"] == 5
    resync = member.run(now=NOW + DAY, resync=True)
    assert resync.targets["csv"]["changed"] == 5
    with pytest.raises(AffiliateError, match="no run 99"):
        runs.acknowledge(99, "csv")


def test_key_rotation_rekeys_every_member(member: World) -> None:
    (member.settings.home / "secrets" / "pseudonym.key").write_text("ab" * 31 + "cd")
    member.publish()

    moved = member.run()

    assert (moved.exits, moved.counts["members"]) == ({}, 6)
    rows = member.delivered()
    assert sorted(row["operation"] for row in rows) == ["added"] * 6 + ["removed"] * 6
    assert {row["reason"] for row in rows} == {"", "rekeyed"}
    opt_out(member, 1)
    member.run()
    (row,) = member.delivered()
    assert (row["member"], row["reason"]) == (member.member(1, 1), "consent")


def test_release_with_another_key_or_foreign_rows_is_refused(member: World) -> None:
    file = member.settings.releases_path / "current" / "affiliates" / "alpha.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("USE marts; UPDATE customer SET affiliate = 'beta' WHERE age = 40")
    with pytest.raises(AffiliateError, match="file of alpha contains rows of another affiliate"):
        member.run()
    with duckdb.connect(str(file)) as connection:
        connection.execute("USE marts; UPDATE customer SET affiliate = 'alpha'")
        connection.execute(
            "UPDATE customer SET customer_id = ? WHERE customer_id = ?",
            [member.member(2, 1), member.member(1, 1)],
        )
    with pytest.raises(AffiliateError, match="file of alpha contains customers of two affiliates"):
        member.run()
    other = "ab" * 31 + "cd"
    (member.settings.home / "secrets" / "pseudonym.key").write_text(other)
    with pytest.raises(AffiliateError, match="publish again"):
        member.run()


def test_unified_field_in_an_affiliate_audience_is_refused(member: World) -> None:
    member.audience(where={"field": "affiliates_count", "gte": 2})

    with pytest.raises(ConfigurationError, match="field affiliates_count belongs to the unified"):
        member.run()
