"""Every message of the topics lands once or is set aside with its reason, on a real broker."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import duckdb
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from contracts.topics import TOPICS
from core.errors import AffiliateError, ConfigurationError
from ingestion.embedded import EmbeddedBroker
from ingestion.kafka import ingest
from ingestion.kafka.broker import Kafka
from ingestion.kafka.client import DEFAULTS, FIXED, connect
from ingestion.kafka.consume import consume
from ingestion.kafka.positions import starts
from ingestion.landing import LandingZone, Position
from tests.integration.ingestion.kafka_topics import FUNNEL, VISITS, Broker, deal, report_of
from tests.integration.ingestion.landed import paths, versions

DEALS = f"events/{FUNNEL}"


def test_messages_are_landed_unchanged(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    values = [deal(number) for number in range(2_000)]
    broker.send(FUNNEL, *values, key=b"\xff")
    told: dict[str, int] = {}
    report = report_of(ingest(broker.kafka, zone, progress=told.__setitem__), DEALS)
    assert (report.counts.rows_read, report.counts.rows_landed) == (2_000, 2_000)
    assert told[DEALS] == 2_000
    assert report.position["partitions"] == {"0": 667, "1": 667, "2": 666}
    landed = versions(zone, DEALS, 'partition, "offset", value, key')
    assert landed == sorted((n % 3, n // 3, value, b"\xff") for n, value in enumerate(values))
    ((topic, headers),) = duckdb.execute(
        'select topic, headers from read_parquet(?) where "offset" = 5 and partition = 1',
        [paths(zone, DEALS)],
    ).fetchall()
    assert (topic, headers) == (FUNNEL, [{"key": "n", "value": b"\x00"}])


def test_run_without_messages_lands_nothing(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL, VISITS)
    broker.send(FUNNEL, deal(1), deal(2))
    ingest(broker.kafka, zone)
    assert {report.manifest_entry for report in ingest(broker.kafka, zone)} == {None}
    assert len(zone.entries()) == 1


def test_run_continues_at_the_last_offset(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    for start in range(0, 40, 10):
        broker.send(FUNNEL, *[deal(number) for number in range(start, start + 10)])
        assert report_of(ingest(broker.kafka, zone), DEALS).counts.rows_landed == 10
    ids = duckdb.execute(
        "select decode(value) ->> '$.id' from read_parquet(?)", [paths(zone, DEALS)]
    ).fetchall()
    assert sorted(ids) == sorted((f"e-{number}",) for number in range(40))


def test_invalid_messages_are_quarantined(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL, VISITS)
    poison = [b"", b"[]", b"{", b"\xff\xfe", None, deal(1)[:-1] + b',"x":NaN}', b"x" * 2_000_000]
    broker.send(FUNNEL, deal(1), *poison, deal(2))
    broker.send(VISITS, deal(3))
    reports = ingest(broker.kafka, zone)
    deals, visits = report_of(reports, DEALS), report_of(reports, f"events/{VISITS}")
    assert (deals.counts.rows_read, deals.counts.rows_landed) == (9, 2)
    assert deals.quarantined == {
        "invalid_json": 3,
        "not_an_object": 1,
        "invalid_utf8": 1,
        "tombstone": 1,
        "too_large": 1,
    }
    assert visits.quarantined == {"unknown_type": 1}
    (file,) = [f for f in zone.entries()[0].files if f.kind == "quarantine"]
    assert file.dataset == "quarantine/kafka"
    aside = duckdb.execute(
        "select topic, value, stage from read_parquet(?)", [str(zone.path(file))]
    ).fetchall()
    expected = [(FUNNEL, value, "decode") for value in poison] + [(VISITS, deal(3), "contract")]
    assert sorted(aside, key=repr) == sorted(expected, key=repr)
    assert [value for (value,) in versions(zone, DEALS, "value")] == [deal(1), deal(2)]


def test_offsets_advance_over_invalid_messages(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, b"bad")
    assert report_of(ingest(broker.kafka, zone), DEALS).manifest_entry == 1
    assert report_of(ingest(broker.kafka, zone), DEALS).counts.rows_read == 0


def test_missing_new_topic_is_treated_as_empty(broker: Broker, zone: LandingZone) -> None:
    broker.create(*(topic.name for topic in TOPICS if topic.name != FUNNEL))
    report = report_of(ingest(broker.kafka, zone), DEALS)
    assert report.warnings == (f"topic {FUNNEL} does not exist yet",)
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1))
    assert report_of(ingest(broker.kafka, zone), DEALS).counts.rows_landed == 1


def recreate(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1), deal(2))
    ingest(broker.kafka, zone)
    broker.forget(FUNNEL)
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(3))


def test_recreated_topic_stops_the_run(broker: Broker, zone: LandingZone) -> None:
    recreate(broker, zone)
    external = Kafka(broker.kafka.config, is_embedded=False)
    with pytest.raises(AffiliateError, match=f"topic {FUNNEL} was deleted and created again"):
        ingest(external, zone)
    assert len(zone.entries()) == 1


def test_recreated_topic_of_the_embedded_broker_is_read_from_the_start(
    broker: Broker, zone: LandingZone, caplog: pytest.LogCaptureFixture
) -> None:
    recreate(broker, zone)
    with caplog.at_level(logging.WARNING):
        assert report_of(ingest(broker.kafka, zone), DEALS).counts.rows_landed == 1
    assert f"topic {FUNNEL} was recreated" in caplog.text


def test_deleted_topic_stops_the_run(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL, VISITS)
    broker.send(FUNNEL, deal(1))
    ingest(broker.kafka, zone)
    broker.forget(FUNNEL)
    broker.send(VISITS, b"{}")
    external = Kafka(broker.kafka.config, is_embedded=False)
    with pytest.raises(AffiliateError, match=f"topic {FUNNEL} was read before and does not exist"):
        ingest(external, zone)
    assert len(zone.entries()) == 1


def test_added_partition_is_read_from_the_start(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1), deal(2), deal(3))
    report = report_of(ingest(broker.kafka, zone), DEALS)
    # the broker cannot add partitions, so the manifest forgets one
    rewrite_position(zone, {DEALS: {**report.position, "partitions": {"0": 1, "1": 1}}})
    report = report_of(ingest(broker.kafka, LandingZone(zone.root)), DEALS)
    assert report.counts.rows_landed == 1
    assert report.position["partitions"] == {"0": 1, "1": 1, "2": 1}


def test_expired_messages_raise_error() -> None:
    # librdkafka's own mock cluster keeps five megabytes a partition, which the embedded broker
    # cannot be told to
    producer = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "linger.ms": 0})
    (mock,) = producer.list_topics(timeout=10).brokers.values()
    for _ in range(60):
        producer.produce(FUNNEL, b"x" * 200_000, partition=0)
        producer.flush()
    kafka = Kafka({"bootstrap.servers": f"{mock.host}:{mock.port}"}, is_embedded=False)
    with connect(kafka) as connection:
        low = connection.earliest([(FUNNEL, 0)])[FUNNEL, 0]
        assert starts(FUNNEL, {}, {0: low}) == {0: low}
        with pytest.raises(AffiliateError, match=f"offsets 3 to {low - 1} expired"):
            starts(FUNNEL, {0: 3}, {0: low})
        with pytest.raises(AffiliateError, match="messages expired unread"):
            list(consume(connection.consumer, {(FUNNEL, 0): 3}, {}))


class Late(Consumer):
    """Goes on with partitions that ended, to which more comes at that moment."""

    def __init__(self, broker: Broker) -> None:
        # the large partition takes many fetches, during which the small ones go on
        slowly = {"queued.max.messages.kbytes": 1_000, "fetch.message.max.bytes": 1_000_000}
        super().__init__({**DEFAULTS, **broker.kafka.config, **FIXED, **slowly})
        self._broker = broker

    def incremental_unassign(self, partitions: list[TopicPartition]) -> None:
        self._broker.send(FUNNEL, b"late", b"late", b"late")


def test_messages_after_the_end_offset_are_left_to_the_next_run(broker: Broker) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, *[b"small", b"x" * 900_000, b"small"] * 30)
    consumer = Late(broker)
    ends: dict[tuple[str, int], int] = {}
    tables = list(consume(consumer, {(FUNNEL, p): 0 for p in range(3)}, ends))
    consumer.close()
    places = [place for _, t in tables for place in t.select(["partition", "offset"]).to_pylist()]
    read = [(place["partition"], place["offset"]) for place in places]
    assert sorted(read) == [(p, offset) for p in range(3) for offset in range(ends[FUNNEL, p])]


def test_offset_beyond_the_end_raises_error(
    broker: Broker, zone: LandingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.kafka.consume.SILENCE_SECONDS", 2.0)
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1))
    report = report_of(ingest(broker.kafka, zone), DEALS)
    beyond = {**report.position, "partitions": {"0": 50, "1": 0, "2": 0}}
    rewrite_position(zone, {DEALS: beyond})
    with pytest.raises(AffiliateError, match=f"topic {FUNNEL}"):
        ingest(broker.kafka, LandingZone(zone.root))


def rewrite_position(zone: LandingZone, positions: dict[str, Position]) -> None:
    path = zone.entry_path(1)
    entry = json.loads(path.read_text())
    path.chmod(0o600)
    path.write_text(json.dumps({**entry, "positions": positions}))


def test_unreachable_broker_error_is_one_line(zone: LandingZone) -> None:
    nowhere = Kafka({"bootstrap.servers": "127.0.0.1:1"}, is_embedded=False)
    with pytest.raises(ConfigurationError, match="broker is unreachable") as caught:
        ingest(nowhere, zone)
    assert "\n" not in str(caught.value)
    assert zone.latest is None


def test_settings_required_for_exactly_once_cannot_be_overridden(
    broker: Broker, zone: LandingZone, caplog: pytest.LogCaptureFixture
) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1), deal(2), deal(3))
    careless = {"group.id": "", "auto.offset.reset": "latest", "enable.partition.eof": "false"}
    with caplog.at_level(logging.WARNING):
        report = report_of(
            ingest(Kafka({**broker.kafka.config, **careless}, is_embedded=True), zone), DEALS
        )
    assert report.counts.rows_landed == 3
    assert "AFFILIATE_KAFKA_AUTO_OFFSET_RESET is not used" in caplog.text


@pytest.mark.parametrize("setting", ["security.protocol", "no.such.setting"])
def test_invalid_setting_is_reported_without_its_value(setting: str, zone: LandingZone) -> None:
    kafka = Kafka({"bootstrap.servers": "127.0.0.1:1", setting: "sesame"}, is_embedded=False)
    with pytest.raises(ConfigurationError, match="AFFILIATE_KAFKA_") as caught:
        ingest(kafka, zone)
    assert "sesame" not in str(caught.value)


def test_embedded_broker_loses_topics_when_stopped(tmp_path: Path, zone: LandingZone) -> None:
    server = EmbeddedBroker(tmp_path / "server")
    for start in (0, 10):
        broker = Broker(server.start())
        broker.create(FUNNEL)
        broker.send(FUNNEL, *[deal(number) for number in range(start, start + 5)])
        assert report_of(ingest(broker.kafka, zone), DEALS).counts.rows_landed == 5
        server.stop()
    assert len(versions(zone, DEALS, "value")) == 10
