"""One connection, read by a Python program in the usual way: psycopg's `copy`, thrown away."""

from __future__ import annotations

import psycopg

from benchmarks.ingestion.contender import Job, Outcome, run


def work(job: Job) -> Outcome:
    """Copies the table in the binary format and drops every block."""
    names = ", ".join([*(name for name, _ in job.columns), "created_at", "updated_at"])
    with psycopg.connect(job.source) as connection, connection.cursor() as cursor:
        with cursor.copy(f"copy {job.name} ({names}) to stdout (format binary)") as blocks:
            while blocks.read():
                pass
        return Outcome(cursor.rowcount)


if __name__ == "__main__":
    run(work)
