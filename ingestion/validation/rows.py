"""Query an in-memory table with DuckDB and keep the order of its rows."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

INDEX = "row_index"


def query_in_order(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table, query: str
) -> pa.Table:
    """Return the result of a query, with one row per row of the table and in the same order.

    Args:
        connection: In-memory DuckDB connection.
        name: Name of the table in the query.
        rows: The table. The query also sees the column `row_index` and must select it.
        query: SQL that returns one row per row of the table.
    """
    numbered = rows.append_column(INDEX, pa.array(np.arange(len(rows), dtype=np.int32)))
    connection.register(name, numbered)
    try:
        found = connection.execute(query).to_arrow_table()
    finally:
        connection.unregister(name)
    # DuckDB's threads process chunks in any order
    indexes = found[INDEX].to_numpy()
    found = found.drop_columns([INDEX])
    return found if np.all(indexes[1:] > indexes[:-1]) else found.take(np.argsort(indexes))
