"""The changes for a destination, given every state that it may be in.

A run without acknowledgement may have arrived completely, in part, or not at all. So a key may be
in the state of the last acknowledged run or of any attempt since. A key is skipped only if all of
its possible states equal the desired one.
"""

from __future__ import annotations

from typing import Any

import duckdb

from activation.delivery.runs import DESIRED, Runs
from core import sql

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
OPERATIONS = (ADDED, CHANGED, REMOVED)
#: A row that a destination holds; `sent` is JSON, null if it holds none.
STATE_COLUMNS = (("affiliate", "VARCHAR"), ("key", "VARCHAR"), ("sent", "VARCHAR"))
#: `sent` of a removal is the state sent last; one row for each state that may have arrived last.
CHANGE_COLUMNS = (*STATE_COLUMNS, ("operation", "VARCHAR"), ("reason", "VARCHAR"))


def compare(
    connection: duckdb.DuckDBPyConnection,
    *,
    desired: str,
    acknowledged: str,
    attempts: str,
    target: str,
    resync: bool,
) -> None:
    """Create `target`, the changes; columns as in `CHANGE_COLUMNS`, with an empty reason.

    Args:
        connection: Database with the tables.
        desired: Rows that the destination should hold, by affiliate and key.
        acknowledged: Rows of the last acknowledged run.
        attempts: Changes sent since; each may have arrived or not.
        target: Name of the new table.
        resync: Send every desired row, whatever the destination may hold.
    """
    changes = sql.load(
        __package__, "changes", desired=desired, acknowledged=acknowledged, attempts=attempts
    )
    connection.execute(f"create or replace table {target} as {changes}", {"resync": resync})


def compare_with(
    connection: duckdb.DuckDBPyConnection, runs: Runs, target: str, *, resync: bool
) -> dict[str, Any]:
    """Create `changes_<target>` from `desired` and earlier runs; return counts by operation."""
    known = runs.last_acknowledged(target)
    path = runs.path(known) / DESIRED if known else None
    runs.read(connection, "acknowledged", STATE_COLUMNS, path)
    runs.read(connection, "attempts", (*CHANGE_COLUMNS, ("run", "BIGINT")), None)
    for number in runs.numbers():
        file = runs.path(number) / changes_file(target)
        if number > known and file.exists():
            runs.read(connection, "attempt", CHANGE_COLUMNS, file)
            connection.execute("INSERT INTO attempts SELECT *, ? FROM attempt", [number])
    changes = f"changes_{target}"
    compare(
        connection,
        desired="desired",
        acknowledged="acknowledged",
        attempts="attempts",
        target=changes,
        resync=resync,
    )
    counted = dict(
        connection.execute(
            f"SELECT operation, count(DISTINCT (affiliate, key)) FROM {changes} GROUP BY ALL"
        ).fetchall()
    )
    counts = {name: counted.get(name, 0) for name in OPERATIONS}
    desired = sql.number(connection, "SELECT count(*) FROM desired")
    return {**counts, "unchanged": desired - counts[ADDED] - counts[CHANGED]}


def changes_file(target: str) -> str:
    """Return the name of the file with the changes that a run sent to a destination."""
    return f"changes-{target}.parquet"
