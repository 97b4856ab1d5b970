"""Merging and dropping landed rows changes nothing for the reader that compares with them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from core.retention import RetentionPolicy
from ingestion import postgres
from ingestion.landing import LandingZone
from ingestion.landing.compact import compact
from ingestion.landing.retain import retain
from ingestion.landing.verify import verify
from oltp.migrate import migrate
from tests.support.landed_rows import pass_all, rows

PRODUCTS = "oltp/sales.product"


def test_next_read_after_a_rewrite_finds_only_changes(
    oltp_dsn: str, reader_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.landing.compact.FAN_IN", 2)
    zone = LandingZone(tmp_path / "landing")
    migrate(oltp_dsn)
    with psycopg.connect(oltp_dsn, autocommit=True) as oltp:
        oltp.execute("insert into affiliate.affiliate (id, slug) values (1, 'a')")
        oltp.execute(
            "insert into sales.product (id, affiliate_id, sku, unit_price) "
            "select i, 1, 'sku ' || i, 1 from generate_series(1, 20) i"
        )
        postgres.ingest(reader_dsn, zone)
        oltp.execute("update sales.product set sku = 'new ' || id where id <= 2")
        oltp.execute("delete from sales.product where id = 3")
        postgres.ingest(reader_dsn, zone)
        pass_all(zone)
        compact(zone)
        assert retain(zone, RetentionPolicy(superseded_days=0), datetime.now(UTC)).dropped == {
            PRODUCTS: 4
        }
        entries = len(zone.entries())
        postgres.ingest(reader_dsn, zone)
        assert len(zone.entries()) == entries  # nothing landed again, nothing deleted again

        oltp.execute(
            "insert into sales.product (id, affiliate_id, sku, unit_price) values (3, 1, 'back', 1)"
        )
        oltp.execute("delete from sales.product where id = 1")
        postgres.ingest(reader_dsn, zone)
        expected = oltp.execute("select id, sku from sales.product order by 1").fetchall()
    newest = {key: (op, sku) for _, key, op, sku in rows(zone, PRODUCTS, "id", "_op", "sku")}
    assert [(key, sku) for key, (op, sku) in sorted(newest.items()) if op == "upsert"] == expected
    assert verify(zone).problems == ()
