"""pandas' read_sql into to_parquet, as in many a notebook."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import create_engine

from benchmarks.ingestion.contender import Job, Outcome, run, sync


def work(job: Job) -> Outcome:
    """Reads the job's first rows at once."""
    path = job.folder / "rows.parquet"
    engine = create_engine(job.source.replace("postgresql://", "postgresql+psycopg://"))
    frame = pd.read_sql(f"select * from {job.name} where id <= {job.rows}", engine)
    frame.to_parquet(path, compression="zstd")
    sync(path)
    return Outcome(len(frame), [path])


if __name__ == "__main__":
    run(work)
