"""What one PostgreSQL backend can send in `COPY`'s default format, thrown away."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run
from benchmarks.ingestion.contenders.copy_to_nowhere import drain


def work(job: Job) -> Outcome:
    """Copies the table as text and drops every block."""
    return drain(job, "text")


if __name__ == "__main__":
    run(work)
