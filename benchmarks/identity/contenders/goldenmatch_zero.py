"""GoldenMatch without any configuration; where it refuses its own choice, it is told to go on."""

from __future__ import annotations

import duckdb
import goldenmatch
import pyarrow as pa
import pyarrow.parquet as pq
from goldenmatch.core.autoconfig_controller import ControllerNotConfidentError

from benchmarks.identity.contender import CLUSTERS, Job, run

COLUMNS = (
    "first_name, surname, birth_date::text as birth_date, email, phone, identifier, postal_code, "
    "gender"
)


def dedupe(job: Job) -> None:
    """Writes the clusters; records that it leaves out are a cluster of their own."""
    with duckdb.connect() as connection:
        rows = connection.sql(
            f"select record_id, {COLUMNS} from read_parquet('{job.records}')"
        ).to_arrow_table()
    ids = rows["record_id"]
    filled = [name for name in rows.column_names if rows[name].null_count < rows.num_rows]
    rows = rows.select(filled).drop_columns("record_id")
    try:
        found = goldenmatch.dedupe_df(rows)
    except ControllerNotConfidentError:
        found = goldenmatch.dedupe_df(rows, confidence_required=False, allow_red_config=True)
    place = list(range(-1, -len(ids) - 1, -1))
    for number, cluster in found.clusters.items():
        for member in cluster["members"]:
            place[member] = number
    pq.write_table(pa.table({"record_id": ids, "cluster_id": place}), job.path(CLUSTERS))


if __name__ == "__main__":
    run(dedupe)
