"""What both of dlt's contenders share: one resource into durable Parquet files."""

from __future__ import annotations

import dlt
from dlt.destinations import filesystem
from dlt.extract import DltResource

from benchmarks.ingestion.contender import Job, Outcome, sync


def load(resource: DltResource, job: Job) -> Outcome:
    """Extracts, normalises and loads a resource, in a pipeline of its own."""
    target = job.folder / "loaded"
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(job.folder / "state"),
        destination=filesystem(str(target)),
        dataset_name="rows",
    )
    pipeline.run(resource, loader_file_format="parquet")
    files = sorted((target / "rows" / resource.name).glob("*.parquet"))
    for path in files:
        sync(path)
    return Outcome(pipeline.last_trace.last_normalize_info.row_counts[resource.name], files)
