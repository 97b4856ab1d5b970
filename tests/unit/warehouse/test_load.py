"""Every landed row is in the raw tables exactly once, whatever happened to the warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from contracts.ledgers import DATASETS
from contracts.tables import TABLES
from contracts.topics import TOPICS
from core.errors import AffiliateError
from core.retention import RetentionPolicy
from core.settings import Settings
from ingestion.kafka.columns import SCHEMA
from ingestion.landing import Counts, LandingZone, ValidationResult, parquet
from ingestion.landing.compact import compact
from ingestion.landing.retain import retain
from ingestion.quarantine import accept
from tests.support.landed_rows import pass_all
from tests.support.sample_events import deal, encoded
from warehouse.connection import open_warehouse
from warehouse.load import load

CUSTOMERS = "oltp/affiliate.affiliate_customer"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", _env_file=None)


@pytest.fixture
def zone(settings: Settings) -> LandingZone:
    return LandingZone(settings.landing_path)


def land_customers(
    zone: LandingZone, *rows: dict[str, object], op: str = "upsert", dataset: str = CUSTOMERS
) -> Path:
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
        parquet.write(landing.stage(dataset), batch.schema, [batch])
        kept = 0 if op == "delete" else len(rows)
        counts = Counts("delta", kept, rows_landed=kept, rows_deleted=len(rows) - kept)
        landing.record(dataset, counts, {})
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
    expected = {"loaded_file", "identity_salt", "erased_record"}
    expected |= {table.raw_table for table in TABLES} | {topic.raw_table for topic in TOPICS}
    expected |= {dataset.raw_table for dataset in DATASETS}
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


def loaded(settings: Settings) -> list[tuple[object, ...]]:
    """Key and entry number of the customers in the warehouse."""
    return ask(settings, "select id, _seq from wh.raw.oltp_affiliate_customer order by all")


def listed(settings: Settings) -> list[tuple[object, ...]]:
    return ask(settings, "select path, seq, rows from wh.raw.loaded_file order by all")


def test_of_a_compacted_file_only_new_rows_are_loaded(
    settings: Settings, zone: LandingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.landing.compact.FAN_IN", 4)
    land_customers(zone, {"id": 1}, {"id": 2})
    land_customers(zone, {"id": 1})
    load(settings, zone)
    land_customers(zone, {"id": 3})
    land_customers(zone, {"id": 1})
    pass_all(zone)
    compact(zone)
    report = load(settings, zone)
    assert (report.files, report.rows, report.rebuilt) == (1, {"oltp_affiliate_customer": 2}, False)
    assert loaded(settings) == [(1, 1), (1, 2), (1, 4), (2, 1), (3, 3)]
    ((_, file),) = zone.files(CUSTOMERS)
    assert listed(settings) == [(file.path, seq, rows) for seq, rows in enumerate((2, 1, 1, 1), 1)]
    assert load(settings, zone).files == 0


def test_a_compaction_of_loaded_rows_only_renames_them(
    settings: Settings, zone: LandingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.landing.compact.FAN_IN", 2)
    land_customers(zone, {"id": 1})
    land_customers(zone, {"id": 2})
    load(settings, zone)
    pass_all(zone)
    compact(zone)
    report = load(settings, zone)
    assert (report.files, report.rows, report.rebuilt) == (0, {}, False)
    assert loaded(settings) == [(1, 1), (2, 2)]
    assert {path for path, *_ in listed(settings)} == {zone.files(CUSTOMERS)[0][1].path}


def test_dropped_rows_leave_the_warehouse(settings: Settings, zone: LandingZone) -> None:
    land_deal(zone, encoded(deal()))
    land_customers(zone, {"id": 1}, {"id": 2})
    land_customers(zone, {"id": 1})
    load(settings, zone)
    pass_all(zone)
    policy = RetentionPolicy(superseded_days=0)
    retain(zone, policy, datetime.now(UTC))
    report = load(settings, zone)
    assert (report.rows, report.rebuilt) == ({"oltp_affiliate_customer": 2}, True)
    assert loaded(settings) == [(1, 3), (2, 2)]
    assert load(settings, zone).rebuilt is False


def test_held_rows_and_all_after_them_stay_out_until_accepted(
    settings: Settings, zone: LandingZone
) -> None:
    for key in (1, 2, 3):
        land_customers(zone, {"id": key})
    land_deal(zone, encoded(deal()))
    zone.commit_validation([ValidationResult(2, CUSTOMERS, "held", ("too many nulls",))])
    assert load(settings, zone).rows == {"oltp_affiliate_customer": 1, "events_sales_funnel": 1}
    assert loaded(settings) == [(1, 1)]
    accept(zone)
    assert load(settings, zone).rows == {"oltp_affiliate_customer": 2}
    assert loaded(settings) == [(1, 1), (2, 2), (3, 3)]


def test_rows_held_after_they_were_loaded_leave_the_warehouse(
    settings: Settings, zone: LandingZone
) -> None:
    land_customers(zone, {"id": 1})
    land_customers(zone, {"id": 2})
    load(settings, zone)
    zone.commit_validation([ValidationResult(2, CUSTOMERS, "held")])
    assert load(settings, zone).rebuilt
    assert loaded(settings) == [(1, 1)]


def test_rows_of_named_sources_share_a_table(settings: Settings, zone: LandingZone) -> None:
    land_customers(zone, {"id": 1})
    land_customers(zone, {"id": 1, "_source": "north"}, dataset=f"{CUSTOMERS}@north")
    load(settings, zone)
    zone.commit_validation([ValidationResult(2, f"{CUSTOMERS}@north", "held")])
    load(settings, zone)
    query = "select _source, id from wh.raw.oltp_affiliate_customer"
    assert ask(settings, query) == [("oltp", 1)]
