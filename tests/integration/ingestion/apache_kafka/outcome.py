"""What a run over one topic did, and what stands in the landing zone after it."""

from __future__ import annotations

import json

from ingestion.kafka import ingest
from ingestion.landing import DatasetReport, LandingZone
from tests.integration.ingestion.apache_kafka.topic import Topic
from tests.integration.ingestion.landed import versions


def run(topic: Topic, zone: LandingZone) -> DatasetReport:
    """One run over this topic alone."""
    (report,) = ingest(topic.kafka, zone, [topic.spec])
    return report


def landed(topic: Topic, zone: LandingZone) -> list[int]:
    """Number of every deal that was landed, as often as it was, in ascending order."""
    if not zone.files(topic.spec.dataset):
        return []
    rows = versions(zone, topic.spec.dataset, "value")
    return sorted(int(json.loads(value)["id"].removeprefix("e-")) for (value,) in rows)


def offsets(topic: Topic, zone: LandingZone) -> list[tuple[int, int]]:
    """(partition, offset) of everything landed, in order."""
    return versions(zone, topic.spec.dataset, 'partition, "offset"')


def ends(report: DatasetReport) -> dict[str, int]:
    """Per partition, where the next run starts."""
    return dict(report.position["partitions"])
