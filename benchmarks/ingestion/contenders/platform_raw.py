"""This platform up to the landed bytes: read, written, durable; not yet held against a contract."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.topics import PARTITIONS
from ingestion.kafka.client import connect
from ingestion.kafka.columns import SCHEMA
from ingestion.kafka.consume import consume
from ingestion.landing import durable, parquet
from ingestion.servers import Kafka


def work(job: Job) -> Outcome:
    """Reads the topic to its end into one file and links it as a batch would."""
    kafka = Kafka({"bootstrap.servers": job.source}, is_embedded=True)
    staged, landed = job.folder / "staged.parquet", job.folder / "landed" / "rows.parquet"
    starts = {(job.name, partition): 0 for partition in range(PARTITIONS)}
    rows = 0
    with connect(kafka) as connection, parquet.open_writer(staged, SCHEMA) as writer:
        for _, table in consume(connection.consumer, starts, {}):
            writer.write_table(table)
            rows += table.num_rows
    durable.link(staged, landed)
    return Outcome(rows, [landed])


if __name__ == "__main__":
    run(work)
