"""What a build adds to the identity ledger is landed once, all or nothing, from any engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from identity import ledger
from ingestion.embedded import EmbeddedPostgres
from ingestion.landing import LandingZone, parquet
from ingestion.landing.compact import compact
from ingestion.landing.verify import verify
from tests.support.built_persons import AT, build, key, persons
from warehouse.connection import open_warehouse
from warehouse.load import load

CHANGES: dict[str, Any] = {
    "int_identity__assignment_changes": [
        {**key("1:1"), "customer_id": "a", "assigned_at": AT},
        {**key("1:2"), "customer_id": None, "assigned_at": AT},
    ],
    "int_identity__new_events": [
        {"event": "created", "customer_id": "a", "record_id": "1:1", "happened_at": AT},
        {"event": "merged", "customer_id": "b", "other_customer_id": "a", "cause": "redirect",
         "happened_at": AT},
    ],
    "int_identity__edge_changes": [
        {"left_record_id": "1:1", "right_record_id": "2:5", "total_weight": 41_000,
         "email_weight": 9_000, "gender_weight": -500, "rule": "weight", "is_linking": True}
    ],
    "customer_xref": persons({"a": ["1:1", "2:5"], "c": ["3:1"]}),
}  # fmt: skip


@pytest.fixture(params=["duckdb", "postgres"])
def settings(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    postgres_server: EmbeddedPostgres,
    postgres_database: str,
) -> Settings:
    if request.param == "duckdb":
        return Settings(home=tmp_path, _env_file=None)
    return Settings(
        home=tmp_path,
        engine="postgres",
        warehouse_dsn=SecretStr(postgres_server.dsn(postgres_database)),
        pseudonym_key=SecretStr("01" * 32),
        _env_file=None,
    )


@pytest.fixture
def zone(settings: Settings) -> LandingZone:
    return LandingZone(settings.landing_path)


def raw(settings: Settings, table: str) -> list[tuple[object, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(f"select * from wh.raw.{table} order by all").fetchall()


def test_a_build_is_landed_once_in_one_entry_and_loaded_again(
    settings: Settings, zone: LandingZone
) -> None:
    build(settings, "first", 0, **CHANGES)
    report = ledger.land(settings, zone)
    assert (report.manifest_entry, sum(report.rows.values())) == (1, 5)
    assert (report.summary.customers, report.summary.records) == (2, 3)
    # a redirect to another ID is not a merge
    assert report.summary.events == {"created": 1}
    assert report.summary.sizes == {1: 1, 2: 1}
    # ledgers of the platform are not validated
    assert zone.unvalidated() == []
    assert verify(zone).problems == ()

    again = ledger.land(settings, zone)
    assert (again.manifest_entry, set(again.rows.values())) == (None, {0})
    assert len(zone.entries()) == 1

    load(settings, zone)
    assert raw(settings, "identity_assignments") == [
        (1, 1, "a", AT, "first", 1), (1, 2, None, AT, "first", 1)
    ]  # fmt: skip
    (edge,) = raw(settings, "identity_edges")
    assert edge[:2] + edge[-3:] == ("1:1", "2:5", True, "first", 1)
    assert [row[0] for row in raw(settings, "identity_events")] == ["created", "merged"]


def test_a_build_without_changes_lands_nothing(settings: Settings, zone: LandingZone) -> None:
    build(settings, "first", 0, customer_xref=persons({"a": ["1:1"]}))
    assert ledger.land(settings, zone).manifest_entry is None
    assert zone.entries() == []


def test_a_build_that_does_not_know_the_newest_ids_is_refused(
    settings: Settings, zone: LandingZone
) -> None:
    build(settings, "first", 0, **CHANGES)
    ledger.land(settings, zone)
    build(settings, "other", 0, **CHANGES)
    with pytest.raises(AffiliateError, match="affiliate build"):
        ledger.land(settings, zone)
    assert len(zone.entries()) == 1
    build(settings, "other", 1, **CHANGES)
    assert ledger.land(settings, zone).manifest_entry == 2


def test_without_a_complete_build_nothing_is_landed(settings: Settings, zone: LandingZone) -> None:
    with pytest.raises((AffiliateError, ConfigurationError)):
        ledger.land(settings, zone)
    build(settings, "first", 0, **CHANGES)
    with open_warehouse(settings) as connection:
        connection.execute("delete from wh.meta.build")
    with pytest.raises(AffiliateError, match="affiliate build"):
        ledger.land(settings, zone)
    assert zone.entries() == []


def test_a_crash_lands_nothing_and_the_next_try_all(
    settings: Settings, zone: LandingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings, "first", 0, **CHANGES)
    written: list[str] = []

    def third_fails(*arguments: Any) -> object:
        written.append("file")
        if len(written) == 3:
            raise KeyboardInterrupt
        return write(*arguments)

    write = parquet.write
    with monkeypatch.context() as patch:
        patch.setattr(parquet, "write", third_fails)
        with pytest.raises(KeyboardInterrupt):
            ledger.land(settings, zone)
    assert zone.entries() == []
    assert ledger.land(settings, zone).manifest_entry == 1


def test_compaction_keeps_every_row_and_its_position(settings: Settings, zone: LandingZone) -> None:
    for number in range(8):
        build(settings, f"build {number}", number, **CHANGES)
        ledger.land(settings, zone)
    load(settings, zone)
    before = raw(settings, "identity_assignments")
    assert len(compact(zone).merges) == 3
    assert verify(zone).problems == ()
    load(settings, zone)
    assert raw(settings, "identity_assignments") == before
    # a merged file is no newer news: the build that knew all of it is still good
    build(settings, "ninth", 8, **CHANGES)
    assert ledger.land(settings, zone).manifest_entry == len(zone.entries())


def test_the_warehouse_has_the_home_s_salt_as_data(settings: Settings, zone: LandingZone) -> None:
    load(settings, zone)
    path = settings.home / "secrets" / "identity.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert raw(settings, "identity_salt") == [(path.read_text().strip(),)]
    path.unlink()
    load(settings, zone)
    assert raw(settings, "identity_salt") == [(path.read_text().strip(),)]
