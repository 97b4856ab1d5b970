"""A platform's home whose releases hold open tasks, as affiliates' files have them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import duckdb

from activation.follow_ups.deliver import DeliveryOptions, DeliveryReport, deliver_tasks
from activation.follow_ups.tasks import COLUMNS
from privacy.pairwise import pseudonym
from privacy.pseudonym import load_key
from tests.support.audience_world import AS_OF, NOW, SLUGS, World

PARTS = ("value", "urgency", "intent", "stage", "recency", "success")


@dataclass(frozen=True)
class Task:
    """The next contact of a customer's deal."""

    affiliate_id: int
    record_id: int
    step: int = 1
    channel: str = "email"
    due_at: datetime = AS_OF - timedelta(hours=3)
    expires_at: datetime = AS_OF + timedelta(days=30)
    priority: float = 50.0
    is_delayed: bool = False

    @property
    def deal_id(self) -> str:
        return f"known:{self.record_id}"

    @property
    def task_id(self) -> str:
        return md5(f"{self.affiliate_id}|{self.deal_id}|{self.step}".encode()).hexdigest()


@dataclass
class FollowUpWorld(World):
    """Releases also hold tasks."""

    tasks: list[Task] = field(default_factory=list)

    def task(self, affiliate_id: int, record_id: int, step: int = 1) -> str:
        """What a task is called outside."""
        task_id = Task(affiliate_id, record_id, step).task_id
        return pseudonym(load_key(self.settings), affiliate_id, "task", task_id)

    def deliver(self, *, now: datetime = NOW, **options: Any) -> DeliveryReport:
        chosen = {"targets": ("csv", "parquet"), **options}
        return deliver_tasks(self.settings, DeliveryOptions(now, **chosen))

    def change_task(self, affiliate_id: int, record_id: int, **changes: Any) -> None:
        whose = (affiliate_id, record_id)
        self.tasks = [
            replace(t, **changes) if (t.affiliate_id, t.record_id) == whose else t
            for t in self.tasks
        ]

    def _write(self, path: Path, affiliate_id: int | None) -> None:
        super()._write(path, affiliate_id)
        with duckdb.connect(str(path)) as connection:
            connection.execute("SET TimeZone = 'UTC'; USE marts")
            if affiliate_id is None:
                connection.execute(
                    "CREATE TABLE follow_ups "
                    "(task_id VARCHAR, affiliate_id BIGINT, deal_id VARCHAR, is_delayed BOOLEAN)"
                )
                rows: list[list[Any]] = [
                    [t.task_id, t.affiliate_id, t.deal_id, t.is_delayed] for t in self.tasks
                ]
            else:
                columns = {"affiliate": "VARCHAR", "task_id": "VARCHAR", **COLUMNS}
                listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
                connection.execute(f"CREATE TABLE follow_ups ({listed})")
                mine = [t for t in self.tasks if t.affiliate_id == affiliate_id]
                rows = [[self._own(t).get(name) for name in columns] for t in mine]
            for row in rows:
                marks = ", ".join("?" for _ in row)
                connection.execute(f"INSERT INTO follow_ups VALUES ({marks})", row)

    def _own(self, task: Task) -> dict[str, Any]:
        key = load_key(self.settings)
        return {
            "affiliate": SLUGS[task.affiliate_id],
            "task_id": pseudonym(key, task.affiliate_id, "task", task.task_id),
            "deal_id": pseudonym(key, task.affiliate_id, "deal", task.deal_id),
            "customer_id": self.member(task.affiliate_id, task.record_id),
            "stage": "contact_made",
            "cadence": "lead",
            "step": task.step,
            "channel": task.channel,
            "consent_basis": "consent",
            "reason": "no_answer",
            "is_agreed": False,
            "status": "due",
            "due_at": task.due_at,
            "due_on": task.due_at.date(),
            "expires_at": task.expires_at,
            "priority": task.priority,
            **{f"priority_{part}": task.priority / len(PARTS) for part in PARTS},
            "is_carried_over": False,
            "attempts": task.step - 1,
        }
