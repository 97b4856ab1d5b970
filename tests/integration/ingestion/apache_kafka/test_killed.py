"""The reading process is killed again and again: in the end everything landed exactly once."""

from __future__ import annotations

import signal

import pytest

from ingestion.landing import LandingZone
from tests.integration.ingestion.apache_kafka import killed_reader
from tests.integration.ingestion.apache_kafka.outcome import landed, run
from tests.integration.ingestion.apache_kafka.topic import MANY, Topic

pytestmark = pytest.mark.nightly

KILLS = 5
SECONDS = 60.0


def test_killed_run_loses_and_duplicates_no_message(topic: Topic, zone: LandingZone) -> None:
    topic.send(range(MANY))
    for number in range(KILLS):
        is_first = number == 0
        process, reading = killed_reader.start(topic.kafka, zone, topic.spec, is_stuck=is_first)
        assert reading.wait(SECONDS)
        # the first surely while it reads, the others ever later, up to the commit and beyond
        process.join(number * 0.2)
        process.kill()
        process.join()
        if is_first:
            assert (process.exitcode, zone.latest) == (-signal.SIGKILL, None)
        topic.send([MANY + number])
    run(topic, zone)
    assert landed(topic, zone) == list(range(MANY + KILLS))
    known = {zone.path(file) for entry in zone.entries() for file in entry.files}
    assert set(zone.root.rglob("*.parquet")) == known
