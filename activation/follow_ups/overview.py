"""The tasks that are to be done, for people to look at."""

from __future__ import annotations

import json
from typing import Any

import duckdb


def most_important(
    connection: duckdb.DuckDBPyConnection, affiliate: str | None, limit: int
) -> list[dict[str, Any]]:
    """Tasks by priority, then by the instant they are due, then by id; names and contacts left out.

    Args:
        connection: After `decide.decide`.
        affiliate: Slug of whose; None: everybody's.
        limit: How many.
    """
    rows = connection.execute(_TASKS, {"affiliate": affiliate, "limit": limit}).fetchall()
    found = []
    for slug, task, sent in rows:
        said = json.loads(sent)
        del said["full_name"], said["contact"]
        found.append({"affiliate": slug, "task_id": task, **said})
    return found


_TASKS = """
SELECT affiliate, key, sent FROM desired
WHERE affiliate = coalesce($affiliate, affiliate)
ORDER BY CAST(sent ->> 'priority' AS DECIMAL(5, 2)) DESC, sent ->> 'due_at', key
LIMIT $limit
"""
