"""The floor: what one PostgreSQL backend can send over one connection, thrown away."""

from __future__ import annotations

from psycopg import pq

from benchmarks.ingestion.contender import Job, Outcome, run


def work(job: Job) -> Outcome:
    """Copies the table in the binary format and drops every block."""
    return drain(job, "binary")


def drain(job: Job, form: str) -> Outcome:
    """Copies the table and drops every block.

    It speaks to libpq itself: psycopg's own `copy` hands over a quarter fewer blocks a second.
    """
    names = ", ".join([*(name for name, _ in job.columns), "created_at", "updated_at"])
    connection = pq.PGconn.connect(job.source.encode())
    result = connection.exec_(f"copy {job.name} ({names}) to stdout (format {form})".encode())
    if result.status != pq.ExecStatus.COPY_OUT:
        raise SystemExit(connection.get_error_message())
    while connection.get_copy_data(0)[0] > 0:
        pass
    answer = connection.get_result()
    connection.finish()
    return Outcome(answer.command_tuples or 0 if answer else 0)


if __name__ == "__main__":
    run(work)
