"""The list of open tasks."""

from __future__ import annotations

import json
from typing import Any

import duckdb

from activation.follow_ups.deliver import DeliveryOptions, dry_run
from core import sql
from core.errors import unknown
from core.settings import Settings
from serving import affiliate_slugs, current_release


def open_tasks(
    settings: Settings, options: DeliveryOptions, affiliate: str | None, limit: int
) -> list[dict[str, Any]]:
    """Return the tasks that the next delivery would send, the most important first.

    Args:
        settings: Settings of the platform.
        options: Options of a delivery.
        affiliate: Slug of one affiliate; all of them if None.
        limit: Maximum number of tasks.

    Raises:
        ConfigurationError: there is no release, or the affiliate has no file in it.
    """
    served = affiliate_slugs(current_release(settings))
    if affiliate is not None and affiliate not in served:
        raise unknown("affiliate", affiliate, served)
    with dry_run(settings, options) as (connection, _):
        return most_important(connection, affiliate, limit)


def most_important(
    connection: duckdb.DuckDBPyConnection, affiliate: str | None, limit: int
) -> list[dict[str, Any]]:
    """Return tasks by priority, due time and ID, without names and contacts.

    Args:
        connection: After `decide.decide`.
        affiliate: Slug of one affiliate; all of them if None.
        limit: Maximum number of tasks.
    """
    rows = connection.execute(
        sql.load(__package__, "open_tasks"), {"affiliate": affiliate, "most": limit}
    ).fetchall()
    found = []
    for slug, task, sent in rows:
        values = json.loads(sent)
        del values["full_name"], values["contact"]
        found.append({"affiliate": slug, "task_id": task, **values})
    return found
