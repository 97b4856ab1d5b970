"""The floor: the client's own consume loop, everything thrown away."""

from __future__ import annotations

from confluent_kafka import Consumer, TopicPartition

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.topics import PARTITIONS

SETTINGS = {
    "group.id": "bench",
    "enable.auto.commit": "false",
    "fetch.queue.backoff.ms": "20",
}


def open_consumer(job: Job) -> Consumer:
    """A consumer at the start of every partition."""
    consumer = Consumer({"bootstrap.servers": job.source, **SETTINGS})
    consumer.assign([TopicPartition(job.name, number, 0) for number in range(PARTITIONS)])
    return consumer


def work(job: Job) -> Outcome:
    """Counts messages up to the job's number."""
    consumer = open_consumer(job)
    rows = 0
    while rows < job.rows:
        rows += len(consumer.consume(min(10_000, job.rows - rows), 1.0))
    consumer.close()
    return Outcome(rows)


if __name__ == "__main__":
    run(work)
