"""How much waits is told: to the sensor, in the report, and to monitors of the group."""

from __future__ import annotations

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions

from core.errors import AffiliateError, ConfigurationError
from ingestion.kafka import ingest
from ingestion.kafka.broker import Kafka
from ingestion.kafka.lag import lag
from ingestion.landing import LandingZone
from tests.integration.ingestion.kafka_topics import FUNNEL, VISITS, Broker, deal, report_of

DEALS = f"events/{FUNNEL}"
GROUP = "affiliate-data-platform"
NONE = {0: 0, 1: 0, 2: 0}


def test_lag_counts_messages_not_yet_landed(broker: Broker, zone: LandingZone) -> None:
    assert lag(broker.kafka, zone) == {}
    broker.create(FUNNEL, VISITS)
    assert lag(broker.kafka, zone) == {FUNNEL: NONE, VISITS: NONE}
    broker.send(FUNNEL, *[deal(number) for number in range(7)])
    assert lag(broker.kafka, zone) == {FUNNEL: {0: 3, 1: 2, 2: 2}, VISITS: NONE}
    ingest(broker.kafka, zone)
    assert lag(broker.kafka, zone) == {FUNNEL: NONE, VISITS: NONE}
    broker.send(FUNNEL, deal(8))
    broker.send(VISITS, b"bad", b"bad")
    assert lag(broker.kafka, zone) == {FUNNEL: {**NONE, 0: 1}, VISITS: {0: 1, 1: 1, 2: 0}}


def test_lag_of_a_topic_larger_than_one_fetch(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, *[b"x" * 30_000] * 300)
    assert lag(broker.kafka, zone) == {FUNNEL: {0: 100, 1: 100, 2: 100}}


def test_lag_of_a_deleted_topic_raises_error(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1))
    ingest(broker.kafka, zone)
    broker.forget(FUNNEL)
    with pytest.raises(AffiliateError, match="does not exist any more"):
        lag(Kafka(broker.kafka.config, is_embedded=False), zone)


def test_lag_error_without_a_broker_is_one_line(zone: LandingZone) -> None:
    with pytest.raises(ConfigurationError, match="AFFILIATE_KAFKA_BOOTSTRAP"):
        lag(Kafka({"bootstrap.servers": "127.0.0.1:1"}, is_embedded=False), zone)


def test_report_contains_lag_per_partition(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1))
    later = [deal(2), deal(3), deal(4), deal(5)]

    def more(dataset: str, rows: int) -> None:
        if later:
            broker.send(FUNNEL, *later)
            later.clear()

    report = report_of(ingest(broker.kafka, zone, progress=more), DEALS)
    landed, behind = report.counts.rows_landed, sum(report.lag.values())
    assert landed >= 1
    assert report.lag.keys() == {0, 1, 2}
    assert landed + behind <= 5
    report = report_of(ingest(broker.kafka, zone), DEALS)
    assert landed + report.counts.rows_landed == 5
    assert report.lag == NONE


def test_group_offsets_follow_the_manifest(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    for round_ in (1, 2):
        broker.send(FUNNEL, *[deal(number) for number in range(3)])
        ingest(broker.kafka, zone)
        answer = broker.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(GROUP)])
        places = answer[GROUP].result().topic_partitions
        found = {(p.topic, p.partition): p.offset for p in places if p.offset >= 0}
        assert found == {(FUNNEL, partition): round_ for partition in range(3)}
