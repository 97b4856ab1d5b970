"""Members as Kafka messages.

A removal is two messages with one key: the values sent last, so that a destination that identifies
people by address can find the member, and a tombstone, so that compaction deletes both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from activation.delivery.difference import REMOVED
from activation.delivery.kafka import Keyed, event
from activation.delivery.rows import Row

TOPIC = "audience.member.v1"


def messages(audience: str, run: int, at: datetime, changes: Iterable[Row]) -> Iterator[Keyed]:
    """Return the messages for a run's changes.

    Args:
        audience: Name of the audience.
        run: Number of the run.
        at: Time of the run.
        changes: The changes.
    """
    for row in changes:
        key = f"{audience}|{row.affiliate}|{row.key}"
        is_removal = row.operation == REMOVED
        data = {
            "audience": audience,
            "affiliate": row.affiliate,
            "member": row.key,
            "run": run,
            "operation": row.operation,
            "reason": row.reason,
            **row.values,
        }
        kind = "AudienceMemberRemoved" if is_removal else "AudienceMemberSet"
        yield key, event("audiences", kind, run, at, key, data)
        if is_removal:
            yield key, None
