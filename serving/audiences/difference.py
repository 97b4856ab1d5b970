"""What a destination must be told, given all that it may hold.

A run that nobody acknowledged may have arrived, in whole or in part, or not at all. So what counts
is every state that a key may be in: that of the last acknowledged run, and that of each attempt
since. Only a key whose every possible state is the wanted one is left alone.
"""

from __future__ import annotations

import duckdb

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
OPERATIONS = (ADDED, CHANGED, REMOVED)
#: A row that a destination holds; `sent` is JSON, null where it holds none.
STATE_COLUMNS = (("affiliate", "VARCHAR"), ("member", "VARCHAR"), ("sent", "VARCHAR"))
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
        desired: What the destination shall hold, by affiliate and member.
        acknowledged: What it held for certain once.
        attempts: Changes sent since, with the column `run`; each may have arrived or not.
        target: Name of the table.
        resync: Sends every desired row, whatever the destination may hold.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {target} AS
        WITH attempted AS (
            SELECT affiliate, member, CASE WHEN operation <> '{REMOVED}' THEN sent END AS state,
                false AS is_certain
            FROM {attempts}
        ),
        possible AS (
            SELECT affiliate, member, sent AS state, true AS is_certain FROM {acknowledged}
            UNION ALL FROM attempted
            -- what was first named by an attempt may still be unknown there
            UNION ALL
            SELECT DISTINCT affiliate, member, NULL, false FROM attempted
            ANTI JOIN {acknowledged} USING (affiliate, member)
        ),
        summed AS (
            SELECT affiliate, member,
                bool_or(state IS NULL) AS maybe_absent,
                bool_or(is_certain) AS was_acknowledged,
                count(DISTINCT state) AS states,
                min(state) AS state
            FROM possible GROUP BY ALL
        )
        SELECT d.affiliate, d.member, d.sent,
            CASE WHEN coalesce(p.was_acknowledged, false) THEN '{CHANGED}' ELSE '{ADDED}' END
                AS operation,
            CAST(NULL AS VARCHAR) AS reason
        FROM {desired} d LEFT JOIN summed p ON p.affiliate = d.affiliate AND p.member = d.member
        WHERE {"true" if resync else "false"} OR p.member IS NULL OR p.maybe_absent
            OR p.states <> 1 OR p.state <> d.sent
        UNION ALL
        -- whichever of its states the destination knows somebody by
        SELECT DISTINCT q.affiliate, q.member, q.state, '{REMOVED}', CAST(NULL AS VARCHAR)
        FROM possible q
        ANTI JOIN {desired} d ON d.affiliate = q.affiliate AND d.member = q.member
        WHERE q.state IS NOT NULL
        """
    )
