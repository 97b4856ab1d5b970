"""Whatever comes through a broker, nothing stops the run and everything is landed or set aside."""

from __future__ import annotations

import json
from collections import Counter

import duckdb
import pyarrow.parquet as pq

from contracts.topics import TOPICS
from ingestion.kafka import ingest
from ingestion.kafka.columns import SCHEMA
from ingestion.kafka.message_validator import revalidate
from ingestion.landing import LandingZone
from tests.integration.ingestion.kafka_topics import FUNNEL, VISITS, Broker, deal, report_of
from tests.integration.ingestion.landed import versions

DEALS = f"events/{FUNNEL}"
GOOD = deal(1)
DEEP = 200_000


def changed(old: str, new: str) -> bytes:
    return GOOD.decode().replace(old, new, 1).encode()


def with_member(member: bytes) -> bytes:
    return GOOD[:-1] + b"," + member + b"}"


#: Message and reason; null for what is good, or is not for the landing zone to judge.
CORPUS: list[tuple[bytes | None, str | None]] = [
    (GOOD[:60], "invalid_json"),
    (b"", "invalid_json"),
    (b"[]", "not_an_object"),
    (b"null", "not_an_object"),
    (None, "tombstone"),
    (changed("d-1", "d-").replace(b"d-", b"d-\xff"), "invalid_utf8"),
    (changed("d-1", "d-\x00"), "nul_character"),
    (changed("d-1", r"d-\u0000"), "nul_character"),
    (with_member(b'"x":' + b"[" * DEEP + b"]" * DEEP), "too_nested"),
    (with_member(b'"x":' + b'{"x":' * DEEP), "invalid_json"),
    (with_member(b'"x":NaN'), "invalid_json"),
    (with_member(b'"x":1e99999'), "invalid_number"),
    (changed('"d-1"', '1, "amount": 1e999'), "contract:amount"),
    (changed('"d-1"', '1, "deal_id": 2'), "duplicate_keys"),
    (changed("d-1", "x" * 10_000_000), "too_large"),
    (b"x" * 15_000_000, "too_large"),
    (changed("DealOpened", "DealDreamt"), "unknown_type"),
    (changed("DealOpened", "ProductVisited"), "unknown_type"),
    (changed('"affiliateid": 1', '"affiliateid": "../../etc"'), "contract:affiliateid"),
    (changed('"affiliateid": 1', '"affiliateid": "\'; DROP TABLE x--"'), "contract:affiliateid"),
    (b"\x00\x00\x00\x00\x07avro", "registry_missing"),
    (GOOD, None),
    (GOOD, None),  # the same event again
    (changed("2026-03-01", "2019-03-01"), None),  # a late one
    (changed('"affiliateid": 1', '"affiliateid": 999'), None),  # of another affiliate's customer
    (with_member(b'"unheard_of": {"of": [1, null]}'), None),
]


def test_poison_messages_do_not_stop_the_run_and_are_all_kept(
    broker: Broker, zone: LandingZone
) -> None:
    broker.create(*(topic.name for topic in TOPICS))
    broker.send(
        FUNNEL, *[value for value, _ in CORPUS], headers=[("traceparent", b"\xff"), ("n", None)]
    )
    broker.send(VISITS, deal(3))
    reports = ingest(broker.kafka, zone)
    report = report_of(reports, DEALS)
    reasons = Counter(reason for _, reason in CORPUS if reason)
    assert report.quarantined == reasons
    assert report.counts.rows_read == len(CORPUS)
    assert report.counts.rows_quarantined == reasons.total()
    landed = Counter(value for (value,) in versions(zone, DEALS, "value"))
    assert landed == Counter(value for value, reason in CORPUS if reason is None)
    (file,) = [f for f in zone.entries()[0].files if f.kind == "quarantine"]
    query = "select value, reason from read_parquet(?) where topic = ?"
    aside = duckdb.execute(query, [str(zone.path(file)), FUNNEL]).fetchall()
    assert Counter(aside) == Counter((value, why) for value, why in CORPUS if why)
    assert {report.counts.rows_read for report in ingest(broker.kafka, zone)} == {0}


def test_quarantined_messages_are_validated_again(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, *[value for value, _ in CORPUS])
    ingest(broker.kafka, zone)
    (spec,) = [topic for topic in TOPICS if topic.name == FUNNEL]
    (aside,) = [zone.path(f) for f in zone.entries()[0].files if f.kind == "quarantine"]
    good, bad = zone.root / "good.parquet", zone.root / "bad.parquet"
    still = revalidate(spec, pq.ParquetFile(aside).iter_batches(), good, bad)
    assert still == Counter(reason for _, reason in CORPUS if reason)
    assert not good.exists()
    columns = [*SCHEMA.names, "stage", "reason"]
    assert pq.read_table(bad, columns=columns).equals(pq.read_table(aside, columns=columns))


def test_messages_that_became_valid_are_landed_by_revalidation(
    broker: Broker, zone: LandingZone
) -> None:
    broker.create(VISITS)
    broker.send(VISITS, deal(1), b"{")
    ingest(broker.kafka, zone, [topic for topic in TOPICS if topic.name == VISITS])
    # as if the type had been added to the topic's contract since
    (spec,) = [topic for topic in TOPICS if topic.name == FUNNEL]
    (aside,) = [zone.path(f) for f in zone.entries()[0].files if f.kind == "quarantine"]
    good, bad = zone.root / "good.parquet", zone.root / "bad.parquet"
    assert revalidate(spec, pq.ParquetFile(aside).iter_batches(), good, bad) == {"invalid_json": 1}
    assert pq.read_table(good)["value"].to_pylist() == [deal(1)]
    assert json.loads(pq.read_table(good)["value"][0].as_py())["type"] == "DealOpened"
    assert pq.read_table(bad)["value"].to_pylist() == [b"{"]
