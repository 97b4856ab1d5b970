"""Stitching: who shares an e-mail or a phone is one person, and so is who shares one with them."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.identity.components import components
from benchmarks.identity.contender import CLUSTERS, Job, run

#: Every record of a value with the value's first record: enough to connect them all.
PAIRS = """
select min(number) over (partition by {key}) as first, number from records where {key} is not null
"""
RECIPES = {
    "normalised": ("email", "phone"),
    "as typed": ("lower(trim(email_typed))", "regexp_replace(phone_typed, '[^0-9]', '', 'g')"),
}


def stitch(job: Job) -> None:
    """Writes the components."""
    with duckdb.connect() as connection:
        connection.execute(
            "create temp table records as select *, row_number() over () - 1 as number "
            f"from read_parquet('{job.records}')"
        )
        found = [
            connection.execute(PAIRS.format(key=key)).fetchnumpy() for key in RECIPES[job.recipe]
        ]
        ids = connection.sql("select record_id from records order by number").to_arrow_table()
    left, right = (np.concatenate([pairs[end] for pairs in found]) for end in ("first", "number"))
    clusters = ids.append_column("cluster_id", pa.array(components(ids.num_rows, left, right)))
    pq.write_table(clusters, job.path(CLUSTERS))


if __name__ == "__main__":
    run(stitch)
