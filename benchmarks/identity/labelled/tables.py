"""From a query to the two files of a data set."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.identity.datasets import RECORDS, TRUTH, Dataset

#: Nobody was known before; it is the same for all.
KNOWN = "'2024-01-01T00:00:00Z'::timestamptz"


def write(connection: duckdb.DuckDBPyConnection, dataset: Dataset, query: str) -> None:
    """Writes what `query` gives: columns of `RECORDS`, those of `TRUTH`, and extra ones as text.

    Columns it does not name are null; `affiliate_id` is 1 unless it says otherwise, and records are
    numbered in the order of `source_id`, which says nothing about who they are.
    """
    connection.execute(
        f"""
        create or replace temp table numbered as
        select *, row_number() over (order by hash(source_id), source_id) as affiliate_customer_id,
            'table' as known_from, {KNOWN} as known_since, {KNOWN} as last_stated_at
        from ({query})
        """
    )
    given = connection.table("numbered").columns
    if "affiliate_id" not in given:
        connection.execute("alter table numbered add column affiliate_id bigint default 1")
    extras = [name for name in given if name not in {*RECORDS.names, *TRUTH.names, "source_id"}]
    schema = pa.schema([*RECORDS, *(pa.field(name, pa.string()) for name in extras)])
    rows = connection.table("numbered").order("affiliate_customer_id").to_arrow_table()
    pq.write_table(_fitted(rows, schema), dataset.records)
    pq.write_table(_fitted(rows, TRUTH), dataset.truth)


def _fitted(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        rows[field.name].cast(field.type)
        if field.name in rows.column_names
        else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
