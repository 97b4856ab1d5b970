"""This platform: one table from PostgreSQL to the landing zone, manifest entry included."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job, Outcome, run
from contracts.personal import NONE
from contracts.tables import Column, TableSpec
from ingestion.landing import LandingZone
from ingestion.postgres import ingest


def work(job: Job) -> Outcome:
    """Lands what changed since the last run into the same directory; everything at first."""
    schema, name = job.name.split(".")
    columns = (Column(column, raw, "Measured.", NONE) for column, raw in job.columns)
    spec = TableSpec(schema, name, tuple(columns))
    zone = LandingZone(job.folder)
    [report] = ingest(job.source, zone, [spec])
    written = [
        zone.path(file)
        for number, file in zone.files(report.dataset)
        if number == report.manifest_entry
    ]
    return Outcome(report.counts.rows_landed, written)


if __name__ == "__main__":
    run(work)
