"""RLdata10000 as mismo ships it: German names and birth dates, nothing else."""

from __future__ import annotations

from importlib.metadata import files
from pathlib import Path

import duckdb

from benchmarks.identity.datasets import Dataset
from benchmarks.identity.labelled import tables

QUERY = """
select
    record_id as source_id,
    label_true as person_id,
    concat_ws(' ', fname_c1, fname_c2, lname_c1, lname_c2) as full_name,
    try_strptime(concat_ws('-', "by", bm, bd), '%Y-%m-%d')::date as birth_date
from read_csv('{path}', nullstr = ['', 'NA'])
"""


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the data set."""
    [path] = [path for path in files("mismo") or () if path.name == "RLdata10000.csv"]
    tables.write(connection, Dataset("rldata_10000", folder), QUERY.format(path=path.locate()))
