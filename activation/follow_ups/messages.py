"""Tasks as Kafka messages: the newest state under the task's ID, a tombstone to withdraw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from activation.delivery.difference import REMOVED
from activation.delivery.kafka import Keyed, event
from activation.delivery.rows import Row

TOPIC = "marketing.follow-up-tasks"
#: CloudEvents type; its schema is `contracts/events/FollowUpTaskSet.v1.json`.
TYPE = "FollowUpTaskSet"


def messages(run: int, at: datetime, changes: Iterable[Row]) -> Iterator[Keyed]:
    """Return the messages for a run's changes.

    Args:
        run: Number of the run.
        at: Time of the run.
        changes: The changes.
    """
    for row in changes:
        if row.operation == REMOVED:
            yield row.key, None
        else:
            data = {"affiliate": row.affiliate, "task_id": row.key, "run": run, **row.values}
            yield row.key, event("follow-ups", TYPE, run, at, row.key, data)
