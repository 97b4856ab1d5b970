"""One run over the topics: read to their ends, sorted by contract, landed as one batch."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from confluent_kafka import Consumer

from ingestion.contracts.topics import TOPICS, TopicSpec
from ingestion.kafka import positions
from ingestion.kafka.client import Topic, describe, open_consumer
from ingestion.kafka.consume import consume
from ingestion.kafka.sort import Sorter
from ingestion.landing import Batch, Counts, DatasetReport, LandingZone, Position
from ingestion.servers import Kafka

logger = logging.getLogger(__name__)

SOURCE = "kafka"
QUARANTINE = f"quarantine/{SOURCE}"


def ingest(
    kafka: Kafka,
    zone: LandingZone,
    topics: Sequence[TopicSpec] = TOPICS,
    *,
    progress: Callable[[str, int], None] | None = None,
) -> list[DatasetReport]:
    """Lands every message that came since the last run, good or bad.

    Args:
        kafka: The broker.
        zone: Where to land; its manifest holds the offsets to start at.
        topics: Contracts of the topics to read. One that does not exist yet is empty.
        progress: Called with dataset and messages so far.

    Returns:
        One report per topic. Without any message nothing is landed, and no manifest entry made.

    Raises:
        ConfigurationError: the broker is unreachable or refuses the login.
        AffiliateError: messages expired unread, or a topic was recreated; nothing is landed.
        ConcurrentRunError: another run landed the same topics meanwhile.
    """
    with zone.batch(SOURCE) as batch, open_consumer(kafka) as consumer:
        found = describe(kafka, [topic.name for topic in topics])
        with closing(Sorter(batch.folder)) as sorter:
            reader = _Reader(consumer, batch, sorter, kafka.is_embedded, progress)
            results = {t.dataset: reader.read(t, found[t.name]) for t in topics if t.name in found}
            sorter.write_bad(batch.stage(QUARANTINE, "quarantine"))
        entry = batch.commit()
    landed = zone.latest.positions if zone.latest else {}
    number = entry.number if entry else None
    return [_report(topic, results.get(topic.dataset), landed, number) for topic in topics]


@dataclass(frozen=True)
class _Reader:
    consumer: Consumer
    batch: Batch
    sorter: Sorter
    is_embedded: bool
    progress: Callable[[str, int], None] | None

    def read(self, spec: TopicSpec, topic: Topic) -> tuple[Counts, Counter[str]]:
        """Stages what a topic holds beyond the manifest's position."""
        first = positions.starts(
            self.consumer,
            spec.name,
            topic,
            self.batch.position(spec.dataset),
            may_be_recreated=self.is_embedded,
        )
        landed = self.batch.stage(spec.dataset)
        raw = landed.with_suffix(".raw")
        tell = partial(self.progress, spec.dataset) if self.progress else None
        rows, ends = consume(self.consumer, spec.name, first, raw, tell)
        bad = self.sorter.sort(spec, raw, landed) if rows else Counter[str]()
        good = rows - bad.total()
        counts = Counts("events", rows, rows_landed=good, rows_quarantined=bad.total())
        self.batch.record(spec.dataset, counts, positions.after(topic, ends))
        return counts, bad


def _report(
    topic: TopicSpec,
    result: tuple[Counts, Counter[str]] | None,
    landed: dict[str, Position],
    number: int | None,
) -> DatasetReport:
    position = landed.get(topic.dataset, {})
    if result is None:
        line = f"topic {topic.name} does not exist yet"
        logger.warning("%s", line)
        return DatasetReport(topic.dataset, Counts("events"), position, warnings=(line,))
    counts, bad = result
    return DatasetReport(topic.dataset, counts, position, number, quarantined=dict(bad))
