"""dlt's sql_table with its fastest backend, connectorx: the whole table at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from dlt.sources.sql_database import sql_table

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.contenders.dlt_pipeline import load


def work(job: Job) -> Outcome:
    """Loads the table."""
    return load_table(job, return_type="arrow")


def load_table(job: Job, **options: Any) -> Outcome:
    """Loads the table with options of connectorx."""
    schema, name = job.name.split(".")
    table = sql_table(
        job.source.replace("postgresql://", "postgresql+psycopg://"),
        table=name,
        schema=schema,
        backend="connectorx",
        backend_kwargs={"conn": _socket_url(job.source), **options},
    )
    return load(table, job)


def _socket_url(dsn: str) -> str:
    """The DSN as connectorx reads it: the socket's directory in place of the host."""
    parts = urlsplit(dsn)
    directory = parse_qs(parts.query)["host"][0]
    return f"postgresql://{parts.username}@{quote(directory, safe='')}{parts.path}"


if __name__ == "__main__":
    run(work)
