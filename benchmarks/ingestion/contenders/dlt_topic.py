"""dlt reading Kafka as its verified source does: batches of messages become dicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dlt

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.contenders.consume_only import open_consumer
from benchmarks.ingestion.contenders.dlt_pipeline import load

BATCH = 3_000  # the verified source's default


def work(job: Job) -> Outcome:
    """Loads the job's first messages."""
    return load(dlt.resource(_messages(job), name="messages"), job)


def _messages(job: Job) -> Iterator[list[dict[str, Any]]]:
    consumer, rows = open_consumer(job), 0
    while rows < job.rows:
        fetched = consumer.consume(min(BATCH, job.rows - rows), 1.0)
        rows += len(fetched)
        yield [
            {
                "topic": message.topic(),
                "partition": message.partition(),
                "offset": message.offset(),
                "timestamp": message.timestamp()[1],
                "key": (message.key() or b"").decode(),
                "value": (message.value() or b"").decode(),
            }
            for message in fetched
        ]
    consumer.close()


if __name__ == "__main__":
    run(work)
