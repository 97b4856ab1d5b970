"""Events for the tests, and their verdicts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ingestion.contracts.topics import TOPICS, TopicSpec
from ingestion.contracts.validation import reasons
from ingestion.warehouse.connection import connect

BY_NAME = {topic.name: topic for topic in TOPICS}
FUNNEL = BY_NAME["sales.funnel"]


def deal(**changes: Any) -> dict[str, Any]:
    """A good event of the topic `sales.funnel`."""
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/crm",
        "type": "DealOpened",
        "time": "2026-03-01T10:20:30.456Z",
        "affiliateid": 3,
        "data": {"deal_id": "deal-1", "affiliate_customer_id": 12, "amount": 99.5},
        **changes,
    }


def encoded(event: object) -> bytes:
    return json.dumps(event).encode()


def verdicts(topic: TopicSpec, values: Sequence[bytes | None]) -> list[str | None]:
    """Reason per message, null for the good ones, in the messages' order."""
    connection = connect()
    connection.execute("create table message (place integer, value blob)")
    connection.executemany("insert into message values (?, ?)", list(enumerate(values)))
    rows = connection.execute(
        f"select reason from ({reasons(topic, 'message')}) order by place"
    ).fetchall()
    return [reason for (reason,) in rows]
