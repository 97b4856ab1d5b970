"""The loop of follow-ups: delivered outside, answered in Kafka, closed by the next run."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import duckdb
from confluent_kafka import Producer

from ingestion.embedded import EmbeddedBroker
from tests.e2e.conftest import Home


def delivered(home: Home, run: int) -> list[dict[str, str]]:
    """Rows of a run's CSV files."""
    folder = home.path / "follow_ups" / "runs" / f"{run:06d}" / "csv"
    rows: list[dict[str, str]] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="") as file:
            rows += csv.DictReader(file)
    return rows


def answer(home: Home, task: dict[str, str]) -> None:
    """Tells Kafka of a contact in vain, in the words of whom the task was delivered to."""
    manifest = json.loads((home.path / "releases" / "current" / "manifest.json").read_text())
    affiliate = manifest["files"][f"affiliates/{task['affiliate']}.duckdb"]["affiliate_id"]
    event = {
        "specversion": "1.0", "id": f"done {task['task_id']}", "source": "urn:crm",
        "type": "FollowUpDone", "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "affiliateid": affiliate,
        "data": {name: task[name] for name in ("task_id", "deal_id", "channel")}
        | {"outcome": "no_answer"},
    }  # fmt: skip
    bootstrap = EmbeddedBroker(home.path / "servers" / "broker").start()
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce("marketing.follow-ups", json.dumps(event).encode(), b"ours")
    assert producer.flush(10) == 0


def open_tasks(home: Home, slug: str) -> dict[str, tuple[str, int]]:
    """The affiliate's tasks: deal and attempts by task."""
    path = home.path / "releases" / "current" / "affiliates" / f"{slug}.duckdb"
    with duckdb.connect(str(path), read_only=True) as file:
        rows = file.execute("select task_id, deal_id, attempts from marts.follow_ups").fetchall()
    return {task: (deal, attempts) for task, deal, attempts in rows}


def test_the_outcome_of_a_delivered_task_closes_it(home: Home) -> None:
    report = home.json("follow-ups", "deliver")
    assert report["targets"]["kafka"]["messages"] == report["counts"]["delivered"] > 0
    task = next(row for row in delivered(home, 1) if row["step"] == "1")
    assert task["task_id"] in open_tasks(home, task["affiliate"])

    answer(home, task)
    home.must("follow-ups", "deliver")
    assert task["task_id"] in {row["task_id"] for row in delivered(home, 2)}
    home.must("run")

    after = open_tasks(home, task["affiliate"])
    assert task["task_id"] not in after
    assert [attempts for deal, attempts in after.values() if deal == task["deal_id"]] == [1]
    home.must("follow-ups", "deliver")
    assert task["task_id"] not in {row["task_id"] for row in delivered(home, 3)}
