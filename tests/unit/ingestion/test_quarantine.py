"""What was set aside can be looked at, tried again and released, and is never lost or doubled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pyarrow as pa
import pytest

from core.errors import AffiliateError
from ingestion.kafka.columns import SCHEMA
from ingestion.landing import ConcurrentRunError, Counts, LandingZone, ValidationResult, parquet
from ingestion.landing.verify import verify
from ingestion.quarantine import QuarantineGroup, accept, groups, replay
from tests.support.landed_messages import (
    EVENTS,
    QUARANTINE,
    TOPIC,
    every_third,
    land_messages,
    time_of,
)
from tests.support.landed_rows import (
    TABLE,
    files_in_manifest,
    files_on_disk,
    land_versions,
    rows,
)
from tests.support.sample_events import deal, encoded


def set_aside(zone: LandingZone, values: Sequence[bytes | None], topic: str = TOPIC) -> None:
    """Messages without a time, that an older contract refused."""
    found = pa.table(
        {
            "topic": [topic] * len(values),
            "partition": [0] * len(values),
            "offset": range(len(values)),
            "timestamp": [None] * len(values),
            "key": [b"k"] * len(values),
            "value": values,
            "headers": [None] * len(values),
        },
        SCHEMA,
    )
    found = found.append_column("stage", pa.array(["contract"] * len(values)))
    found = found.append_column("reason", pa.array(["unknown_type"] * len(values)))
    with zone.batch("kafka") as batch:
        path = batch.stage(QUARANTINE, "quarantine")
        parquet.write(path, found.schema, found.to_batches())
        counts = Counts("events", len(values), rows_quarantined=len(values))
        ends = {"topic_id": "one", "partitions": {"0": len(values)}}
        batch.record(f"events/{topic}", counts, ends)
        batch.commit()


def test_groups_contain_counts_without_values(zone: LandingZone) -> None:
    assert groups(zone) == []
    land_messages(zone, [0], [1, 2])
    land_messages(zone, [3], [7])
    assert groups(zone) == [
        QuarantineGroup(
            "kafka", EVENTS, "contract", "unknown_type", 3, time_of(1), time_of(7), (1, 2)
        )
    ]


def test_messages_without_timestamp_get_the_time_of_their_batch(zone: LandingZone) -> None:
    set_aside(zone, [b"{}"])
    (group,) = groups(zone)
    assert zone.latest is not None
    assert group.first == group.last == zone.latest.committed_at


def test_replay_lands_messages_that_are_valid_now(zone: LandingZone) -> None:
    good = encoded(deal(id="e-9"))
    set_aside(zone, [good, b"{", None, good])
    report = replay(zone)
    assert (report.recovered, report.remaining, report.manifest_entry) == ({EVENTS: 2}, 2, 2)
    columns = ("offset", "value", "key", "_quarantined")
    assert rows(zone, EVENTS, *columns) == [(2, 0, good, b"k", 1), (2, 3, good, b"k", 1)]
    assert rows(zone, QUARANTINE, "offset", "value") == [(1, 1, b"{"), (1, 2, None)]
    assert files_on_disk(zone) == files_in_manifest(zone)
    assert verify(zone).problems == ()
    again = replay(zone)
    assert (again.recovered, again.remaining, again.manifest_entry) == ({}, 2, None)


def test_replay_does_not_change_offsets(zone: LandingZone) -> None:
    land_messages(zone, [0], [3], end=90)
    before = zone.latest
    replay(zone, sort=every_third)
    after = zone.latest
    assert before is not None
    assert after is not None
    assert after.positions == before.positions
    assert after.sources_read() == set()
    assert {number for number, _ in zone.state().unvalidated} == {1, 2}


def test_messages_without_contract_stay_in_quarantine(zone: LandingZone) -> None:
    set_aside(zone, [encoded(deal())], topic="gone.topic")
    assert replay(zone).recovered == {}
    assert rows(zone, QUARANTINE, "topic") == [(1, "gone.topic")]


def test_offsets_of_a_recreated_topic_are_distinguished(zone: LandingZone) -> None:
    land_messages(zone, [], [3, 4], topic_id="one")
    land_messages(zone, [], [3, 5], topic_id="two")
    assert replay(zone, sort=every_third).recovered == {EVENTS: 2}
    assert rows(zone, EVENTS, "offset", "_quarantined") == [(3, 3, 1), (3, 3, 2)]
    assert [offset for _, offset in rows(zone, QUARANTINE, "offset")] == [4, 5]
    assert verify(zone).problems == ()


def test_only_one_of_two_concurrent_replays_succeeds(zone: LandingZone) -> None:
    land_messages(zone, [], [3, 4])

    def beaten(*arguments: object) -> None:
        replay(LandingZone(zone.root), sort=every_third)
        every_third(*arguments)  # type: ignore[arg-type]

    with pytest.raises(ConcurrentRunError, match="rewrote the same files"):
        replay(zone, sort=beaten)
    assert rows(zone, EVENTS, "offset") == [(2, 3)]
    assert [offset for _, offset in rows(zone, QUARANTINE, "offset")] == [4]


def test_messages_can_arrive_during_a_replay(zone: LandingZone) -> None:
    land_messages(zone, [], [3])

    def overtaken(*arguments: object) -> None:
        land_messages(LandingZone(zone.root), [4], [6])
        every_third(*arguments)  # type: ignore[arg-type]

    assert replay(zone, sort=overtaken).manifest_entry == 3
    assert rows(zone, EVENTS, "offset") == [(2, 4), (3, 3)]
    assert rows(zone, QUARANTINE, "offset") == [(2, 6)]
    assert verify(zone).problems == ()


def test_accepted_batches_are_released(zone: LandingZone) -> None:
    first, second = land_versions(zone, [1]), land_versions(zone, [2])
    reason = ("half of it is missing",)
    zone.commit_validation(
        ValidationResult(e.number, TABLE, "held", reason) for e in (first, second)
    )
    assert [result.entry for result in zone.held()] == [1, 2]
    assert accept(zone, TABLE, 1) == [ValidationResult(1, TABLE, "accepted", reason)]
    assert [result.entry for result in LandingZone(zone.root).held()] == [2]
    accept(zone)
    assert zone.held() == []


def test_accepting_a_batch_that_is_not_held_is_an_error(zone: LandingZone) -> None:
    land_versions(zone, [1])
    with pytest.raises(AffiliateError, match=f"no batch is held in entry 1 of {TABLE}"):
        accept(zone, TABLE, 1)


def test_damaged_quarantine_file_raises_error(zone: LandingZone) -> None:
    land_messages(zone, [0], [1])
    path = zone.path(zone.live(QUARANTINE)[0][1])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    for look in (groups, replay):
        with pytest.raises(AffiliateError, match="is damaged"):
            look(zone)


def test_times_are_utc(zone: LandingZone) -> None:
    land_messages(zone, [0], [1])
    assert groups(zone)[0].first.utcoffset() == timedelta(0)
