"""What a destination must be told, given all that it may hold.

A run that nobody acknowledged may have arrived, in whole or in part, or not at all. So what counts
is every state that a key may be in: that of the last acknowledged run, and that of each attempt
since. Only a key whose every possible state is the wanted one is left alone.
"""

from __future__ import annotations

from typing import Any

import duckdb

from activation.delivery.runs import DESIRED, Runs
from core import sql

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
OPERATIONS = (ADDED, CHANGED, REMOVED)
#: A row that a destination holds; `sent` is JSON, null where it holds none.
STATE_COLUMNS = (("affiliate", "VARCHAR"), ("key", "VARCHAR"), ("sent", "VARCHAR"))
#: `sent` of a removal is what was sent last; a row for each state that may have arrived last.
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
    """Creates `target`, the changes; columns as in `CHANGE_COLUMNS`, without a reason yet.

    Args:
        connection: With the tables.
        desired: What the destination shall hold, by affiliate and key.
        acknowledged: What it held for certain once.
        attempts: Changes sent since, with the column `run`; each may have arrived or not.
        target: Name of the table.
        resync: Sends every desired row, whatever the destination may hold.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {target} AS
        WITH attempted AS (
            SELECT affiliate, key, CASE WHEN operation <> '{REMOVED}' THEN sent END AS state,
                false AS is_certain
            FROM {attempts}
        ),
        possible AS (
            SELECT affiliate, key, sent AS state, true AS is_certain FROM {acknowledged}
            UNION ALL FROM attempted
            -- what was first named by an attempt may still be unknown there
            UNION ALL
            SELECT DISTINCT affiliate, key, NULL, false FROM attempted
            ANTI JOIN {acknowledged} USING (affiliate, key)
        ),
        summed AS (
            SELECT affiliate, key,
                bool_or(state IS NULL) AS maybe_absent,
                bool_or(is_certain) AS was_acknowledged,
                count(DISTINCT state) AS states,
                min(state) AS state
            FROM possible GROUP BY ALL
        )
        SELECT d.affiliate, d.key, d.sent,
            CASE WHEN coalesce(p.was_acknowledged, false) THEN '{CHANGED}' ELSE '{ADDED}' END
                AS operation,
            CAST(NULL AS VARCHAR) AS reason
        FROM {desired} d LEFT JOIN summed p ON p.affiliate = d.affiliate AND p.key = d.key
        WHERE {"true" if resync else "false"} OR p.key IS NULL OR p.maybe_absent
            OR p.states <> 1 OR p.state <> d.sent
        UNION ALL
        -- whichever of its states the destination knows a key by
        SELECT DISTINCT q.affiliate, q.key, q.state, '{REMOVED}', CAST(NULL AS VARCHAR)
        FROM possible q
        ANTI JOIN {desired} d ON d.affiliate = q.affiliate AND d.key = q.key
        WHERE q.state IS NOT NULL
        """
    )


def compare_with(
    connection: duckdb.DuckDBPyConnection, runs: Runs, target: str, *, resync: bool
) -> dict[str, Any]:
    """Creates `changes_<target>` from `desired` and what the destination may hold; counts them."""
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
    told = {name: counted.get(name, 0) for name in OPERATIONS}
    desired = sql.number(connection, "SELECT count(*) FROM desired")
    return {**told, "unchanged": desired - told[ADDED] - told[CHANGED]}


def changes_file(target: str) -> str:
    """Name of the file in which a run keeps what it told a destination."""
    return f"changes-{target}.parquet"
