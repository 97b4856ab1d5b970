"""The broker goes and comes back, and topics change, between runs and during one."""

from __future__ import annotations

import pytest

from core.errors import AffiliateError
from ingestion.kafka import ingest
from ingestion.landing import LandingZone
from tests.integration.ingestion.apache_kafka.outcome import ends, landed, run
from tests.integration.ingestion.apache_kafka.server import KafkaServer
from tests.integration.ingestion.apache_kafka.topic import MANY, Topic

pytestmark = pytest.mark.nightly


def test_broker_restart_between_runs_has_no_effect(
    topic: Topic, zone: LandingZone, kafka_server: KafkaServer
) -> None:
    topic.send(range(10))
    before = run(topic, zone)
    kafka_server.stop()
    kafka_server.start()
    after = run(topic, zone)
    assert (after.manifest_entry, after.counts.rows_read) == (None, 0)
    assert after.position == before.position
    topic.send(range(10, 20))
    assert run(topic, zone).counts.rows_landed == 10
    assert landed(topic, zone) == list(range(20))


def test_run_continues_after_broker_is_killed_and_restarted(
    topic: Topic, zone: LandingZone, kafka_server: KafkaServer
) -> None:
    topic.send(range(MANY))
    told: list[int] = []

    def restart_once(_: str, messages: int) -> None:
        if not told:
            kafka_server.kill()
            kafka_server.start()
        told.append(messages)

    (report,) = ingest(topic.sipped, zone, [topic.spec], progress=restart_once)
    # the rest was too much to lie in the client: the restarted broker gave it
    assert told[0] < MANY - 20_000
    assert ends(report) == {"0": MANY}
    assert landed(topic, zone) == list(range(MANY))


def test_recreated_topic_raises_error(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(10))
    run(topic, zone)
    topic.delete()
    topic.create()
    # as many as before: the offsets alone would look as if nothing had happened
    topic.send(range(10, 20))
    with pytest.raises(AffiliateError, match=f"topic {topic.name} was deleted and created again"):
        run(topic, zone)
    assert landed(topic, zone) == list(range(10))


def test_deleted_topic_raises_error(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(10))
    run(topic, zone)
    topic.delete()
    with pytest.raises(AffiliateError, match=f"topic {topic.name} was read before"):
        run(topic, zone)
    assert landed(topic, zone) == list(range(10))


def test_added_partitions_are_read_from_the_start(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(10))
    assert ends(run(topic, zone)) == {"0": 10}
    topic.widen(3)
    for partition in range(3):
        start = 100 * (partition + 1)
        topic.send(range(start, start + 5), partition=partition)
    assert ends(run(topic, zone)) == {"0": 15, "1": 5, "2": 5}
    assert landed(topic, zone) == [*range(10), *range(100, 105), *range(200, 205), *range(300, 305)]
