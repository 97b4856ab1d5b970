"""Both engines hold the same raw rows, types included, after the same loads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from core.errors import AffiliateError, ConfigurationError
from core.retention import RetentionPolicy
from core.settings import Settings
from ingestion import kafka, postgres
from ingestion.embedded import EmbeddedPostgres
from ingestion.landing import LandingZone, ValidationResult
from ingestion.landing.compact import compact
from ingestion.landing.retain import retain
from ingestion.quarantine import accept
from oltp.migrate import migrate
from tests.integration.ingestion.kafka_topics import FUNNEL, Broker, deal
from tests.support.landed_rows import TABLE, land_versions, pass_all
from warehouse.connection import open_warehouse
from warehouse.load import load
from warehouse.raw import RAW_TABLES


@pytest.fixture
def duckdb_warehouse(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", _env_file=None)


@pytest.fixture
def postgres_warehouse(
    tmp_path: Path, postgres_server: EmbeddedPostgres, postgres_database: str
) -> Settings:
    name = f"{postgres_database}_warehouse"
    postgres_server.ensure_database(name)
    return warehouse_of(tmp_path / "home", postgres_server.dsn(name))


def warehouse_of(home: Path, dsn: str) -> Settings:
    return Settings(
        home=home,
        engine="postgres",
        warehouse_dsn=SecretStr(dsn),
        pseudonym_key=SecretStr("0" * 64),
        _env_file=None,
    )


def raw_rows(settings: Settings, table: str) -> list[tuple[object, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(
            f"select columns(*)::text from wh.raw.{table} order by all"
        ).fetchall()


def fill(oltp_dsn: str, reader_dsn: str, broker: Broker, zone: LandingZone) -> None:
    """Two batches of tables with updates, deletes and values no column holds, one of events."""
    migrate(oltp_dsn)
    with psycopg.connect(oltp_dsn, autocommit=True) as oltp:
        oltp.execute("insert into affiliate.affiliate (id, slug) values (1, 'a')")
        oltp.execute(
            """insert into affiliate.affiliate_detail values (1, '{"vat": [1, null, "é"]}')"""
        )
        oltp.execute(
            "insert into affiliate.affiliate_customer "
            "(id, affiliate_id, full_name, birth_date, total_purchase) select "
            "i, 1, 'O''Brien, \"Zoë\" ' || i, '0001-01-01', -i * 0.01 from generate_series(1, 50) i"
        )
        postgres.ingest(reader_dsn, zone)
        oltp.execute("update affiliate.affiliate_customer set birth_date = 'infinity' where id = 1")
        oltp.execute("update affiliate.affiliate_customer set avg_ticket = 'NaN' where id = 1")
        oltp.execute("delete from affiliate.affiliate_customer where id = 2")
        postgres.ingest(reader_dsn, zone)
    broker.create(FUNNEL)
    broker.send(FUNNEL, *[deal(number) for number in range(20)], b"bad")
    kafka.ingest(broker.kafka, zone)


def test_both_engines_hold_the_same_rows(
    oltp_dsn: str,
    reader_dsn: str,
    kafka_bootstrap: str,
    zone: LandingZone,
    duckdb_warehouse: Settings,
    postgres_warehouse: Settings,
) -> None:
    fill(oltp_dsn, reader_dsn, Broker(kafka_bootstrap), zone)
    warehouses = (duckdb_warehouse, postgres_warehouse)
    first, second = (load(settings, zone) for settings in warehouses)
    assert first == second
    assert first.rows["oltp_affiliate_customer"] == 52
    assert first.rows["events_sales_funnel"] == 20
    for table in RAW_TABLES:
        on_duckdb, on_postgres = (raw_rows(settings, table) for settings in warehouses)
        assert on_duckdb == on_postgres, table
    for settings in warehouses:
        assert load(settings, zone).files == 0


def test_both_engines_follow_what_becomes_of_landed_rows(
    zone: LandingZone,
    duckdb_warehouse: Settings,
    postgres_warehouse: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Merged, held, accepted and dropped."""
    monkeypatch.setattr("ingestion.landing.compact.FAN_IN", 2)
    warehouses = (duckdb_warehouse, postgres_warehouse)

    def loaded() -> tuple[int, bool]:
        """Return the rows after a load, and whether the table was reloaded."""
        first, second = (load(settings, zone) for settings in warehouses)
        assert first == second
        for table in ("oltp_product", "loaded_file"):
            on_duckdb, on_postgres = (raw_rows(settings, table) for settings in warehouses)
            assert on_duckdb == on_postgres, table
        return len(raw_rows(duckdb_warehouse, "oltp_product")), first.rebuilt

    land_versions(zone, [1, 2])
    land_versions(zone, [1], [2], sku="x")
    assert loaded() == (4, False)
    land_versions(zone, [3])
    pass_all(zone)
    compact(zone)
    held = land_versions(zone, [4])
    zone.commit_validation([ValidationResult(held.number, TABLE, "held")])
    assert loaded() == (5, False)
    accept(zone)
    assert loaded() == (6, False)
    retain(zone, RetentionPolicy(superseded_days=0), datetime.now(UTC))
    assert loaded() == (3, True)


def test_postgres_is_rebuilt_when_contracts_changed(
    oltp_dsn: str,
    reader_dsn: str,
    kafka_bootstrap: str,
    zone: LandingZone,
    postgres_warehouse: Settings,
) -> None:
    fill(oltp_dsn, reader_dsn, Broker(kafka_bootstrap), zone)
    load(postgres_warehouse, zone)
    before = raw_rows(postgres_warehouse, "oltp_affiliate_customer")
    assert postgres_warehouse.warehouse_dsn is not None
    dsn = postgres_warehouse.warehouse_dsn.get_secret_value()
    with psycopg.connect(dsn) as connection:
        connection.execute("alter table raw.oltp_affiliate_customer alter email type varchar(5)")
        connection.execute("alter table raw.oltp_affiliate_customer rename phone to fax")
        connection.execute("create view public.reader as select * from raw.oltp_affiliate_customer")
    assert load(postgres_warehouse, zone).rebuilt
    assert raw_rows(postgres_warehouse, "oltp_affiliate_customer") == before


def test_a_refused_load_leaves_postgres_as_it_was(
    oltp_dsn: str,
    reader_dsn: str,
    kafka_bootstrap: str,
    zone: LandingZone,
    postgres_warehouse: Settings,
) -> None:
    load(postgres_warehouse, zone)
    fill(oltp_dsn, reader_dsn, Broker(kafka_bootstrap), zone)
    assert postgres_warehouse.warehouse_dsn is not None
    dsn = postgres_warehouse.warehouse_dsn.get_secret_value()
    alter = "alter table raw.oltp_affiliate_customer"
    with psycopg.connect(dsn) as connection:
        connection.execute(f"{alter} add constraint refusal check (id <> 50)")
    with pytest.raises(AffiliateError, match="refused the landed rows"):
        load(postgres_warehouse, zone)
    assert raw_rows(postgres_warehouse, "oltp_affiliate_customer") == []
    with psycopg.connect(dsn) as connection:
        connection.execute(f"{alter} drop constraint refusal")
    load(postgres_warehouse, zone)
    assert len(raw_rows(postgres_warehouse, "oltp_affiliate_customer")) == 52


def test_an_unreachable_warehouse_is_one_line_without_secrets(
    tmp_path: Path, zone: LandingZone
) -> None:
    settings = warehouse_of(tmp_path, "postgresql://ann:sesame@127.0.0.1:1/x")
    with pytest.raises(ConfigurationError, match="AFFILIATE_WAREHOUSE_DSN") as caught:
        load(settings, zone)
    assert "sesame" not in str(caught.value)
