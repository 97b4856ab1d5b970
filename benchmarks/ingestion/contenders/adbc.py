"""ADBC's PostgreSQL driver into pyarrow's Parquet writer."""

from __future__ import annotations

import pyarrow.parquet as pq
from adbc_driver_postgresql import dbapi

from benchmarks.ingestion.contender import Job, Outcome, run, sync


def work(job: Job) -> Outcome:
    """Streams the table; numerics arrive as text, as this driver gives them."""
    path, rows = job.folder / "rows.parquet", 0
    with dbapi.connect(job.source) as connection, connection.cursor() as cursor:
        cursor.execute(f"select * from {job.name}")
        batches = cursor.fetch_record_batch()
        with pq.ParquetWriter(path, batches.schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
    sync(path)
    return Outcome(rows, [path])


if __name__ == "__main__":
    run(work)
