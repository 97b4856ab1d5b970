"""Every landed row is in the raw tables exactly once, whatever happened to the warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ingestion.contracts.tables import TABLES
from ingestion.contracts.topics import TOPICS
from ingestion.errors import AffiliateError
from ingestion.kafka.consume import SCHEMA
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.settings import Settings
from ingestion.warehouse.connection import open_warehouse
from ingestion.warehouse.load import load
from tests.unit.ingestion.sample_events import deal, encoded

CUSTOMERS = "oltp/affiliate.affiliate_customer"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", _env_file=None)


@pytest.fixture
def zone(settings: Settings) -> LandingZone:
    return LandingZone(settings.landing_path)


def land_customers(zone: LandingZone, *rows: dict[str, object], op: str = "upsert") -> Path:
    """Lands customers as the PostgreSQL reader writes them, most columns left out."""
    whole = [
        {
            "_op": op,
            "_source": "oltp",
            "_issues": None,
            "_xid": 1,
            "total_purchase": None,
            "birth_date": None,
            **row,
        }
        for row in rows
    ]
    batch = pa.RecordBatch.from_pylist(
        whole,
        pa.schema(
            {
                "id": pa.int64(),
                "total_purchase": pa.decimal128(18, 2),
                "birth_date": pa.date32(),
                "_op": pa.string(),
                "_source": pa.string(),
                "_issues": pa.string(),
                "_xid": pa.int64(),
            }
        ),
    )
    with zone.batch("oltp") as landing:
        parquet.write(landing.stage(CUSTOMERS), batch.schema, [batch])
        kept = 0 if op == "delete" else len(rows)
        counts = Counts("delta", kept, rows_landed=kept, rows_deleted=len(rows) - kept)
        landing.record(CUSTOMERS, counts, {})
        entry = landing.commit()
    assert entry is not None
    return zone.path(entry.files[0])


def land_deal(zone: LandingZone, value: bytes) -> None:
    row = {"topic": "sales.funnel", "partition": 2, "offset": 40, "timestamp": NOW, "value": value}
    batch = pa.RecordBatch.from_pylist([row], SCHEMA)
    with zone.batch("kafka") as landing:
        parquet.write(landing.stage("events/sales.funnel"), SCHEMA, [batch])
        landing.record("events/sales.funnel", Counts("events", 1, rows_landed=1), {})
        landing.commit()


def ask(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with open_warehouse(settings, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_all_raw_tables_exist_before_anything_landed(settings: Settings, zone: LandingZone) -> None:
    assert load(settings, zone).files == 0
    names = "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
    expected = {spec.raw_table for spec in (*TABLES, *TOPICS)} | {"loaded_file"}
    assert ask(settings, names) == [(name,) for name in sorted(expected)]


def test_rows_carry_their_origin(settings: Settings, zone: LandingZone) -> None:
    total, born = Decimal("9999999999999999.99"), date(1, 1, 1)
    land_customers(zone, {"id": 1, "total_purchase": total, "birth_date": born})
    issues = "total_purchase=NaN,birth_date=-infinity"
    land_customers(zone, {"id": 1, "_issues": issues})
    land_customers(zone, {"id": 1}, op="delete")
    load(settings, zone)
    columns = "id, total_purchase, birth_date, email, _op, _source, _issues, _seq"
    assert ask(settings, f"select {columns} from wh.raw.oltp_affiliate_customer order by _seq") == [
        (1, total, born, None, "upsert", "oltp", None, 1),
        (1, None, None, None, "upsert", "oltp", "total_purchase,birth_date", 2),
        (1, None, None, None, "delete", "oltp", None, 3),
    ]


def test_events_are_decoded(settings: Settings, zone: LandingZone) -> None:
    event = deal(time="2026-03-01T12:00:00+02:00", affiliateid="17", data={"deal_id": "d", "x": 1})
    land_deal(zone, encoded(event))
    load(settings, zone)
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)
    origin = ("sales.funnel", 2, 40, NOW, 1)
    assert ask(settings, "from wh.raw.events_sales_funnel") == [
        ("e-1", "/crm", "DealOpened", moment, 17, '{"deal_id":"d","x":1}', *origin)
    ]


def test_a_second_load_adds_nothing(settings: Settings, zone: LandingZone) -> None:
    land_customers(zone, {"id": 1}, {"id": 2})
    assert load(settings, zone).rows == {"oltp_affiliate_customer": 2}
    assert load(settings, zone).rows == {}
    land_customers(zone, {"id": 3})
    assert load(settings, zone).rows == {"oltp_affiliate_customer": 1}
    assert ask(settings, "select count(*) from wh.raw.oltp_affiliate_customer") == [(3,)]


def test_a_flipped_bit_stops_everything(settings: Settings, zone: LandingZone) -> None:
    land_customers(zone, {"id": 1})
    path = land_customers(zone, {"id": 2})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(AffiliateError, match=f"{path.name} is damaged"):
        load(settings, zone)
    assert ask(settings, "select count(*) from wh.raw.oltp_affiliate_customer") == [(0,)]


def test_a_lost_file_is_named(settings: Settings, zone: LandingZone) -> None:
    path = land_customers(zone, {"id": 1})
    path.unlink()
    with pytest.raises(AffiliateError, match=f"{path.name} is in the manifest but not on disk"):
        load(settings, zone)


def test_a_lost_warehouse_is_rebuilt(settings: Settings, zone: LandingZone) -> None:
    land_customers(zone, {"id": 1})
    load(settings, zone)
    before = ask(settings, "from wh.raw.oltp_affiliate_customer")
    settings.warehouse_path.unlink()
    load(settings, zone)
    assert ask(settings, "from wh.raw.oltp_affiliate_customer") == before


def test_the_warehouse_of_another_zone_is_rebuilt(
    settings: Settings, zone: LandingZone, tmp_path: Path
) -> None:
    land_customers(zone, {"id": 1})
    load(settings, zone)
    other = LandingZone(tmp_path / "other")
    land_customers(other, {"id": 5})
    assert load(settings, other).rebuilt
    assert ask(settings, "select id from wh.raw.oltp_affiliate_customer") == [(5,)]


def test_a_warehouse_of_older_contracts_is_rebuilt(settings: Settings, zone: LandingZone) -> None:
    land_customers(zone, {"id": 1})
    load(settings, zone)
    with open_warehouse(settings) as connection:
        connection.execute("alter table wh.raw.oltp_affiliate_customer drop column email")
    assert load(settings, zone).rebuilt
    assert ask(settings, "select id, email from wh.raw.oltp_affiliate_customer") == [(1, None)]


def test_a_refusal_says_no_values(settings: Settings, zone: LandingZone) -> None:
    land_deal(zone, encoded(deal(affiliateid="Ann Example")))  # as no reader would let through
    with pytest.raises(AffiliateError, match="refused the landed rows") as caught:
        load(settings, zone)
    assert "Ann" not in str(caught.value)
    assert caught.value.__suppress_context__
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.loaded_file").fetchall() == [(0,)]
