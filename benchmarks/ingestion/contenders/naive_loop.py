"""What is written first: poll a message, make a dict of it, write Parquet now and then."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.ingestion.contender import Job, Outcome, run, sync
from benchmarks.ingestion.contenders.consume_only import open_consumer

SCHEMA = pa.schema(
    [
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("timestamp", pa.timestamp("ms", tz="UTC")),
        ("key", pa.binary()),
        ("value", pa.binary()),
    ]
)
ROWS_PER_GROUP = 100_000


def work(job: Job) -> Outcome:
    """Lands raw messages, without a manifest and without a look at them."""
    consumer = open_consumer(job)
    path, rows = job.folder / "rows.parquet", 0
    group: list[dict[str, Any]] = []
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        while rows < job.rows:
            message = consumer.poll(1.0)
            if message is None or message.error():
                continue
            group.append(
                {
                    "topic": message.topic(),
                    "partition": message.partition(),
                    "offset": message.offset(),
                    "timestamp": message.timestamp()[1],
                    "key": message.key(),
                    "value": message.value(),
                }
            )
            rows += 1
            if len(group) >= ROWS_PER_GROUP or rows == job.rows:
                writer.write_table(pa.Table.from_pylist(group, SCHEMA))
                group.clear()
    consumer.close()
    sync(path)
    return Outcome(rows, [path])


if __name__ == "__main__":
    run(work)
