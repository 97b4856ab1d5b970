"""What left the topic unread is loud; what left it after it was read, or was compacted, is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.errors import AffiliateError
from ingestion.kafka import ingest
from ingestion.landing import LandingZone
from tests.integration.ingestion.apache_kafka.outcome import ends, landed, offsets, run
from tests.integration.ingestion.apache_kafka.topic import MANY, Topic, until

pytestmark = pytest.mark.nightly


def test_unread_expired_messages_raise_error(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(10))
    run(topic, zone)
    topic.send(range(10, 30))
    topic.expire()
    topic.send(range(30, 35))
    for _ in range(2):
        with pytest.raises(AffiliateError, match="offsets 10 to 29") as caught:
            run(topic, zone)
        assert topic.name in str(caught.value)
        assert "\n" not in str(caught.value)
    assert landed(topic, zone) == list(range(10))


def test_unread_deleted_records_raise_error(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(10))
    run(topic, zone)
    topic.send(range(10, 30))
    topic.cut(15)
    with pytest.raises(AffiliateError, match="offsets 10 to 14"):
        run(topic, zone)
    assert landed(topic, zone) == list(range(10))


def test_messages_expiring_during_a_run_raise_error(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(MANY))

    def cut_all(_: str, messages: int) -> None:
        topic.cut(MANY)

    with pytest.raises(AffiliateError, match=rf"{topic.name}.* expired unread"):
        ingest(topic.sipped, zone, [topic.spec], progress=cut_all)
    assert zone.latest is None


def test_expired_messages_that_were_read_are_ignored(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(20))
    run(topic, zone)
    topic.expire()
    assert run(topic, zone).manifest_entry is None
    topic.send(range(20, 25))
    assert ends(run(topic, zone)) == {"0": 25}
    assert landed(topic, zone) == list(range(25))


def test_new_topic_is_read_from_its_earliest_offset(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(30))
    topic.cut(12)
    assert ends(run(topic, zone)) == {"0": 30}
    assert landed(topic, zone) == list(range(12, 30))


def test_expired_messages_of_a_known_empty_topic_raise_error(
    topic: Topic, zone: LandingZone
) -> None:
    run(topic, zone)
    topic.send(range(5))
    topic.cut(3)
    with pytest.raises(AffiliateError, match="offsets 0 to 2"):
        run(topic, zone)


def test_expired_messages_of_an_added_partition_raise_error(
    topic: Topic, zone: LandingZone
) -> None:
    topic.send(range(5))
    run(topic, zone)
    topic.widen(2)
    topic.send(range(5, 10), partition=1)
    topic.cut(4, partition=1)
    with pytest.raises(AffiliateError, match="partition 1: offsets 0 to 3"):
        run(topic, zone)


def test_gap_in_one_partition_stops_the_topic(
    new_topic: Callable[..., Topic], zone: LandingZone
) -> None:
    topic = new_topic(3)
    for partition in range(3):
        topic.send(range(10), partition=partition)
    run(topic, zone)
    for partition in range(3):
        topic.send(range(10, 20), partition=partition)
    topic.cut(13, partition=1)
    with pytest.raises(AffiliateError, match="partition 1: offsets 10 to 12"):
        run(topic, zone)
    assert len(zone.entries()) == 1


def test_offsets_removed_by_compaction_are_not_a_gap(
    new_topic: Callable[..., Topic], zone: LandingZone
) -> None:
    topic = new_topic(cleanup_policy="compact", segment_ms="50", min_cleanable_dirty_ratio="0.001")
    topic.send(range(10), key="a")
    assert ends(run(topic, zone)) == {"0": 10}
    topic.send(range(10, 20), key="a")
    topic.send(range(20, 30), key="b")
    sent = 30

    def is_compacted() -> bool:
        """Whether the offset the manifest points to is gone; the last segment never is cleaned."""
        nonlocal sent
        topic.send([sent], key="c")
        sent += 1
        return 10 not in topic.stored()

    until(is_compacted, "compaction removed what is replaced")
    left = topic.stored()
    assert ends(run(topic, zone)) == {"0": sent}
    assert [offset for _, offset in offsets(topic, zone)] == [*range(10), *left]
    assert run(topic, zone).manifest_entry is None
