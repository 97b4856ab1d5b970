"""This platform: one topic to the landing zone, every message held against its contract."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.topics import TYPE
from contracts.topics import TopicSpec
from ingestion.kafka import ingest
from ingestion.kafka.broker import Kafka
from ingestion.landing import LandingZone


def work(job: Job) -> Outcome:
    """Lands the topic up to its end."""
    spec = TopicSpec(job.name, (TYPE,), key="affiliate_customer_id")
    zone = LandingZone(job.folder)
    [report] = ingest(Kafka({"bootstrap.servers": job.source}, is_embedded=True), zone, [spec])
    files = [zone.path(file) for _, file in zone.files(report.dataset)]
    return Outcome(report.counts.rows_landed, files)


if __name__ == "__main__":
    run(work)
