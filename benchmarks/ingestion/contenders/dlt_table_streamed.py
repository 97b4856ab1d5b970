"""dlt's sql_table with connectorx, streamed over two connections: less memory, more at once."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.contenders.dlt_table import load_table


def work(job: Job) -> Outcome:
    """Loads the table, split by its key."""
    return load_table(
        job, return_type="arrow_stream", batch_size=50_000, partition_on="id", partition_num=2
    )


if __name__ == "__main__":
    run(work)
