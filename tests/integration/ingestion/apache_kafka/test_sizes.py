"""Many partitions, none, and a message as large as the broker takes."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from ingestion.kafka import ingest
from ingestion.landing import LandingZone
from tests.integration.ingestion.apache_kafka.outcome import ends, landed, run
from tests.integration.ingestion.apache_kafka.server import LARGEST_MESSAGE
from tests.integration.ingestion.apache_kafka.topic import Topic
from tests.integration.ingestion.kafka_topics import deal

pytestmark = pytest.mark.nightly


def test_many_partitions_and_an_empty_topic_are_read_in_one_run(
    new_topic: Callable[..., Topic], zone: LandingZone
) -> None:
    many, empty = new_topic(48), new_topic(3)
    for partition in range(0, 48, 2):
        many.send(range(partition * 100, partition * 100 + 20), partition=partition)
    reports = ingest(many.kafka, zone, [empty.spec, many.spec])
    assert [report.counts.rows_landed for report in reports] == [0, 24 * 20]
    assert ends(reports[1]) == {str(p): 20 if p % 2 == 0 else 0 for p in range(48)}
    assert landed(many, zone) == [n for p in range(0, 48, 2) for n in range(p * 100, p * 100 + 20)]
    again = ingest(many.kafka, zone, [empty.spec, many.spec])
    assert {report.manifest_entry for report in again} == {None}
    assert len(zone.entries()) == 1
    empty.send(range(3), partition=2)
    assert ingest(many.kafka, zone, [empty.spec, many.spec])[0].counts.rows_landed == 3


def test_largest_message_is_landed_and_does_not_block(topic: Topic, zone: LandingZone) -> None:
    largest = deal(1).ljust(LARGEST_MESSAGE - 1_000)
    topic.send([0])
    topic.send_values([largest], producer=topic.producer(message_max_bytes=LARGEST_MESSAGE))
    topic.send([2])
    assert ends(run(topic, zone)) == {"0": 3}
    files = [str(zone.path(file)) for file in zone.entries()[0].files]
    kept = duckdb.execute("select value from read_parquet(?, union_by_name = true)", [files])
    assert {value for (value,) in kept.fetchall()} == {deal(0), largest, deal(2)}
