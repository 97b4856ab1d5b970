"""This platform up to the landed bytes: read, written, durable; not yet held against a contract."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.topics import PARTITIONS
from core import durable_files as durable
from ingestion.kafka.background import in_background
from ingestion.kafka.broker import Kafka
from ingestion.kafka.client import connect
from ingestion.kafka.columns import SCHEMA
from ingestion.kafka.consume import consume
from ingestion.landing import parquet


def work(job: Job) -> Outcome:
    """Reads the topic to its end into one file and links it as a batch would."""
    kafka = Kafka({"bootstrap.servers": job.source}, is_embedded=True)
    staged, landed = job.folder / "staged.parquet", job.folder / "landed" / "rows.parquet"
    starts = {(job.name, partition): 0 for partition in range(PARTITIONS)}
    with connect(kafka) as connection, parquet.open_writer(staged, SCHEMA) as writer:
        tables = consume(connection.consumer, starts, {})
        in_background(tables, lambda _, table: writer.write_table(table))
    durable.link(staged, landed)
    return Outcome(parquet.count_rows(landed), [landed])


if __name__ == "__main__":
    run(work)
