"""Only committed messages land, each once, whatever their producers do."""

from __future__ import annotations

from collections.abc import Callable

from ingestion.landing import LandingZone
from tests.integration.ingestion.apache_kafka.outcome import ends, landed, offsets, run
from tests.integration.ingestion.apache_kafka.topic import Topic, until


def test_aborted_messages_are_not_landed(topic: Topic, zone: LandingZone) -> None:
    producer = topic.transaction()
    for start, is_committed in ((0, True), (10, False), (20, True)):
        topic.send(range(start, start + 10), producer=producer)
        if is_committed:
            producer.commit_transaction()
        else:
            producer.abort_transaction()
        producer.begin_transaction()
    report = run(topic, zone)
    assert landed(topic, zone) == [*range(10), *range(20, 30)]
    # eleven offsets a transaction: each ends with a record of the broker's own
    assert [offset for _, offset in offsets(topic, zone)] == [*range(10), *range(22, 32)]
    assert ends(report) == {"0": 33}


def test_aborted_messages_at_the_end_are_not_a_gap(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(5))
    run(topic, zone)
    producer = topic.transaction()
    topic.send(range(5, 10), producer=producer)
    producer.abort_transaction()
    for _ in range(2):
        assert run(topic, zone).counts.rows_read == 0
    topic.send(range(10, 12))
    assert ends(run(topic, zone)) == {"0": 13}
    assert landed(topic, zone) == [*range(5), 10, 11]


def test_expired_aborted_messages_are_not_reported_as_lost(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(5))
    run(topic, zone)
    producer = topic.transaction()
    topic.send(range(5, 10), producer=producer)
    producer.abort_transaction()
    run(topic, zone)
    topic.expire()
    topic.send(range(10, 12))
    run(topic, zone)
    assert landed(topic, zone) == [*range(5), 10, 11]


def test_open_transaction_is_landed_once_after_commit(topic: Topic, zone: LandingZone) -> None:
    topic.send([0])
    producer = topic.transaction()
    topic.send(range(1, 6), producer=producer)
    # committed, yet behind an open one: the broker holds it back to keep the order
    topic.send(range(6, 9))
    for _ in range(2):
        assert ends(run(topic, zone)) == {"0": 1}
        assert landed(topic, zone) == [0]
    producer.commit_transaction()
    assert ends(run(topic, zone)) == {"0": 10}
    assert landed(topic, zone) == list(range(9))
    assert run(topic, zone).manifest_entry is None


def test_open_transaction_delays_only_its_own_partitions(
    new_topic: Callable[..., Topic], zone: LandingZone
) -> None:
    topic = new_topic(2)
    producer = topic.transaction()
    topic.send(range(5), partition=0, producer=producer)
    topic.send(range(10, 15), partition=1)
    assert ends(run(topic, zone)) == {"0": 0, "1": 5}
    producer.abort_transaction()
    topic.send(range(20, 25), partition=0)
    assert ends(run(topic, zone)) == {"0": 11, "1": 5}
    assert landed(topic, zone) == [*range(10, 15), *range(20, 25)]


def test_open_transaction_of_a_dead_producer_is_dropped(topic: Topic, zone: LandingZone) -> None:
    dead = topic.transaction(transaction_timeout_ms=1_000, message_timeout_ms=1_000)
    topic.send(range(5), producer=dead)
    topic.send(range(5, 8))
    run(topic, zone)
    until(lambda: topic.offsets()[1] == 9, "the broker aborted the transaction")
    assert ends(run(topic, zone)) == {"0": 9}
    assert landed(topic, zone) == [5, 6, 7]


def test_only_the_committed_of_interleaved_transactions_is_landed(
    topic: Topic, zone: LandingZone
) -> None:
    kept, dropped = topic.transaction("kept"), topic.transaction("dropped")
    for number in range(0, 20, 4):
        topic.send([number, number + 1], producer=kept)
        topic.send([number + 2, number + 3], producer=dropped)
    run(topic, zone)
    dropped.abort_transaction()
    kept.commit_transaction()
    run(topic, zone)
    assert landed(topic, zone) == [n for n in range(20) if n % 4 < 2]
