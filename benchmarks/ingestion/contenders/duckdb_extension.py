"""DuckDB's postgres extension, bare: its own parallel scan and its own Parquet writer."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run, sync
from core.duckdb_session import connect, load_extension
from core.sql import quote


def work(job: Job) -> Outcome:
    """Copies the table to a Parquet file."""
    schema, name = job.name.split(".")
    path = job.folder / "rows.parquet"
    with connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(load_extension("postgres_scanner"))
        scan = f"postgres_scan('{quote(job.source)}', '{schema}', '{name}')"
        rows = connection.execute(
            f"COPY (FROM {scan}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        ).fetchall()[0][0]
    sync(path)
    return Outcome(rows, [path])


if __name__ == "__main__":
    run(work)
