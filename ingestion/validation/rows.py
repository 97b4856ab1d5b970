"""Asks DuckDB something of every row of a table in memory, and keeps the answers in their order."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

PLACE = "place"


def answers(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table, query: str
) -> pa.Table:
    """The query's answer, one row per row of the table and in its order.

    Args:
        connection: In-memory DuckDB.
        name: What the query calls the table.
        rows: The table; the query sees the column `place` besides its own, and selects it.
        query: Gives one row per row.
    """
    numbered = rows.append_column(PLACE, pa.array(np.arange(len(rows), dtype=np.int32)))
    connection.register(name, numbered)
    try:
        found = connection.execute(query).to_arrow_table()
    finally:
        connection.unregister(name)
    # DuckDB's threads take the table's chunks as they come, and answer in that order
    places = found[PLACE].to_numpy()
    found = found.drop_columns([PLACE])
    return found if np.all(places[1:] > places[:-1]) else found.take(np.argsort(places))
