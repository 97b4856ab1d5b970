"""Everything is delivered again, and the OLTP is read in full again: the erased stay away."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from core.settings import Settings
from ingestion.kafka import ingest as ingest_topics
from ingestion.landing import LandingZone
from ingestion.landing.verify import verify
from ingestion.postgres import ingest as ingest_tables
from oltp.migrate import migrate
from privacy.erasure import erasing
from tests.integration.ingestion.kafka_topics import Broker, report_of
from tests.support.erasable import HERS, NEIGHBOUR, ZORA, event
from tests.support.landed_rows import pass_all
from tests.support.sample_events import encoded
from tests.support.searching import found_in

CUSTOMERS, VISITS = "affiliate.customers", "storefront.visits"
NAME, EMAIL, PHONE, NUMBER = HERS


@pytest.fixture
def oltp(oltp_dsn: str) -> psycopg.Connection:
    """She, her neighbour, their orders, and an invitation from before she was known."""
    migrate(oltp_dsn)
    connection = psycopg.connect(oltp_dsn, autocommit=True)
    connection.execute("insert into affiliate.affiliate (id, slug) values (1, 'north')")
    connection.execute(
        "insert into affiliate.affiliate_customer (id, affiliate_id, full_name, email, phone, "
        "identifier) values (10, 1, %s, %s, %s, %s), (11, 1, 'Bo Neighbour', null, null, null)",
        HERS,
    )
    connection.execute(
        "insert into affiliate.customer_invite (affiliate_id, channel, email) "
        "values (1, 'email', %s), (1, 'email', 'bo@mail.example')",
        [EMAIL],
    )
    connection.execute(
        "insert into sales.order_header (affiliate_id, affiliate_customer_id, order_number) "
        "values (1, 10, 'N-1'), (1, 11, 'N-2')"
    )
    return connection


def send(broker: Broker) -> None:
    made = encoded(event("CustomerCreated", ZORA, 1, full_name=NAME, email=EMAIL))
    theirs = encoded(event("CustomerCreated", NEIGHBOUR, 2, full_name="Bo Neighbour"))
    broker.create(CUSTOMERS, VISITS)
    broken = [made[: len(made) // 2], made.replace(b"{", b"[", 1), made + b"\xff", None]
    broker.send(CUSTOMERS, made, *broken, key=b"10")
    broker.send(CUSTOMERS, theirs, b"not json", key=b"11")
    broker.send(VISITS, encoded(event("ProductVisited", ZORA, 3, product_id=7)), key=b"10")


def test_erased_customer_does_not_come_back_by_replay(
    broker: Broker, oltp: psycopg.Connection, reader_dsn: str, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home")
    zone = LandingZone(settings.landing_path)
    send(broker)
    ingest_tables(reader_dsn, zone)
    ingest_topics(broker.kafka, zone)
    pass_all(zone)
    assert found_in(settings.home, [EMAIL]) != []
    erasing.request(settings, zone, ZORA, "all", request_id="R-1")
    erasing.erase_landed(settings, zone)
    (receipt,) = erasing.finish(settings)
    assert receipt.residue == 0
    assert found_in(settings.home, HERS) == []

    # the broker lost its topics and everybody sends again; the OLTP writes every row again
    for topic in (CUSTOMERS, VISITS):
        broker.forget(topic)
    send(broker)
    oltp.execute("update affiliate.affiliate_customer set gender = 'x'")
    oltp.execute("update affiliate.customer_invite set channel = 'sms'")
    again = ingest_topics(broker.kafka, LandingZone(zone.root))
    ingest_tables(reader_dsn, LandingZone(zone.root))
    # a new column makes the reader read every row again
    oltp.execute("alter table affiliate.affiliate_customer add column note text")
    oltp.execute("update affiliate.affiliate_customer set note = full_name")
    tables = ingest_tables(reader_dsn, LandingZone(zone.root))

    assert found_in(settings.home, HERS) == []
    assert found_in(settings.home, ["Bo Neighbour"]) != []
    counts = report_of(again, f"events/{CUSTOMERS}").counts
    assert (counts.rows_read, counts.rows_landed, counts.rows_quarantined) == (7, 1, 1)
    assert counts.rows_erased == 5
    assert report_of(tables, "oltp/affiliate.affiliate_customer").counts.rows_landed == 2
    assert verify(LandingZone(zone.root)).problems == ()
