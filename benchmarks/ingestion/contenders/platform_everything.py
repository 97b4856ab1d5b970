"""This platform: every table and every topic, as a run reads them."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run
from ingestion import kafka, postgres
from ingestion.kafka.broker import Kafka
from ingestion.landing import LandingZone


def work(job: Job) -> Outcome:
    """Lands what changed since the last run into the same directory; everything at first."""
    zone = LandingZone(job.folder)
    broker = Kafka({"bootstrap.servers": job.broker}, is_embedded=True)
    reports = [*postgres.ingest(job.source, zone), *kafka.ingest(broker, zone)]
    return Outcome(sum(report.counts.rows_read for report in reports))


if __name__ == "__main__":
    run(work)
