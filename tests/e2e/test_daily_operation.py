"""Two days of operation: sources, stewards and marketing act, and one run a day takes it all in."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from confluent_kafka import Producer

from contracts.topics import TOPICS
from core.settings import Settings
from ingestion import servers
from ingestion.kafka import ingest
from ingestion.landing import LandingZone
from tests.e2e.conftest import Home
from tests.support.sample_events import deal, encoded

Document = dict[str, Any]
Row = dict[str, str]
FUNNEL = "sales.funnel"
#: One batch in nine messages is not a batch that is bad in good part.
FEW = [b"", b"{", b"[]", b"null", b"\xff", encoded(deal(type="Other"))]
MANY = [b"not json"] * 10
#: So many small batches are merged.
SMALL = 9


def send(home: Home, topic: str, values: list[bytes]) -> None:
    """Puts messages on a topic."""
    bootstrap = servers.embedded_broker(Settings(home=home.path)).start()
    producer = Producer({"bootstrap.servers": bootstrap})
    for value in values:
        producer.produce(topic, value, b"ours")
    assert producer.flush(10) == 0


def deals(name: str, count: int) -> list[bytes]:
    """Good messages of the funnel."""
    return [
        encoded(deal(id=f"{name}-{n}", affiliateid=1, data={"deal_id": f"{name}-{n}"}))
        for n in range(count)
    ]


def landed_deals(home: Home, name: str) -> int:
    """Events of these deals in the warehouse's raw table."""
    with duckdb.connect(str(home.path / "warehouse" / "warehouse.duckdb"), read_only=True) as raw:
        found = raw.execute(
            "select count(*) from raw.events_sales_funnel where event_id like ?", [f"{name}%"]
        ).fetchall()
    return int(found[0][0])


def quarantine(home: Home) -> Document:
    """What `affiliate quarantine list` shows."""
    answer: Document = home.json("quarantine", "list")
    return answer


def quarantined(home: Home) -> Counter[str]:
    """Messages in quarantine by reason; the sample world has some of its own."""
    counts: Counter[str] = Counter()
    for group in quarantine(home)["quarantined"]:
        counts[group["reason"]] += group["rows"]
    return counts


def delivered(home: Home, run: int) -> list[Row]:
    """Follow-ups that a delivery wrote."""
    folder = home.path / "follow_ups" / "runs" / f"{run:06d}" / "csv"
    rows: list[Row] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="") as file:
            rows += csv.DictReader(file)
    return rows


def no_answer(home: Home, task: Row) -> bytes:
    """The message of a CRM that a contact was in vain, with the ids that were delivered to it."""
    manifest = json.loads((home.path / "releases" / "current" / "manifest.json").read_text())
    affiliate = manifest["files"][f"affiliates/{task['affiliate']}.duckdb"]["affiliate_id"]
    event = {
        "specversion": "1.0", "id": f"done {task['task_id']}", "source": "urn:crm",
        "type": "FollowUpDone", "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "affiliateid": affiliate,
        "data": {name: task[name] for name in ("task_id", "deal_id", "channel")}
        | {"outcome": "no_answer"},
    }  # fmt: skip
    return json.dumps(event).encode()


def open_tasks(home: Home, slug: str) -> dict[str, tuple[str, int]]:
    """The affiliate's tasks: deal and attempts by task."""
    path = home.path / "releases" / "current" / "affiliates" / f"{slug}.duckdb"
    with duckdb.connect(str(path), read_only=True) as file:
        rows = file.execute("select task_id, deal_id, attempts from marts.follow_ups").fetchall()
    return {task: (deal, attempts) for task, deal, attempts in rows}


def explained(home: Home, identifier: str) -> Document:
    """What is known about a person or a record."""
    document: Document = home.json("identity", "explain", identifier)
    return document


def records(home: Home, identifier: str) -> set[str]:
    """Ids of a person's records."""
    return {record["record_id"] for record in explained(home, identifier)["records"]}


@dataclass
class FirstDay:
    """What was done on the first day, and what its run said."""

    task: Row
    person: str
    apart: str
    others: list[str]
    quarantined: Counter[str]
    result: Document


@pytest.fixture(scope="module")
def first_day(home: Home) -> FirstDay:
    """A task was answered, a person split, and a few bad messages came; then a run."""
    report = home.json("follow-ups", "deliver")
    assert report["targets"]["kafka"]["messages"] == report["counts"]["delivered"] > 0
    task = next(row for row in delivered(home, 1) if row["step"] == "1")
    assert task["task_id"] in open_tasks(home, task["affiliate"])
    send(home, "marketing.follow-ups", [no_answer(home, task)])
    home.must("follow-ups", "deliver")
    # until a run has read the answer
    assert task["task_id"] in {row["task_id"] for row in delivered(home, 2)}

    (found,) = home.json(
        "query", "select customer_id from marts.customer order by records_count desc, 1 limit 1"
    )
    person = str(found["customer_id"])
    apart, *others = sorted(records(home, person))
    act = home.json(
        "identity", "split", person, "--record", apart, "--reason", "a brother", "--by", "me"
    )
    assert act["decision"] == "different"
    assert {record for pair in act["pairs"] for record in pair} == {apart, *others}

    before = quarantined(home)
    send(home, FUNNEL, [*deals("few", 3), *FEW])
    return FirstDay(task, person, apart, others, before, home.json("run"))


def test_outcome_of_a_delivered_task_closes_it(home: Home, first_day: FirstDay) -> None:
    task = first_day.task
    after = open_tasks(home, task["affiliate"])
    assert task["task_id"] not in after
    assert [attempts for deal, attempts in after.values() if deal == task["deal_id"]] == [1]
    home.must("follow-ups", "deliver")
    assert task["task_id"] not in {row["task_id"] for row in delivered(home, 3)}


def test_few_invalid_messages_are_quarantined(home: Home, first_day: FirstDay) -> None:
    assert first_day.result["release"]["release"] == home.current
    after = quarantined(home)
    assert after - first_day.quarantined == Counter(
        {"invalid_json": 2, "not_an_object": 2, "invalid_utf8": 1, "unknown_type": 1}
    )
    assert landed_deals(home, "few") == 3
    assert f"{after.total()} messages remain in quarantine" in home.must("quarantine", "replay")
    assert quarantined(home) == after


@pytest.fixture(scope="module")
def halves(home: Home, first_day: FirstDay) -> tuple[Document, Document]:
    """The record that a steward split off, and the rest of the person."""
    return explained(home, first_day.apart), explained(home, first_day.others[0])


def test_steward_splits_a_customer(halves: tuple[Document, Document], first_day: FirstDay) -> None:
    alone, rest = halves
    assert [record["record_id"] for record in alone["records"]] == [first_day.apart]
    assert {record["record_id"] for record in rest["records"]} == set(first_day.others)
    assert ("split", "steward") in {(e["event"], e["cause"]) for e in alone["events"]}
    assert first_day.person in {half["customer_id"] for half in halves}


@dataclass
class SecondDay:
    """What the second day's commands said."""

    release: str | None
    stopped: subprocess.CompletedProcess[str]
    again: subprocess.CompletedProcess[str]
    held: Document
    unchanged: str | None
    is_sound: list[bool]
    tidied: Document


@pytest.fixture(scope="module")
def second_day(
    home: Home,
    first_day: FirstDay,
    halves: tuple[Document, Document],  # as they were before the split is taken back
) -> SecondDay:
    """The split was taken back, a bad batch came and many small ones; then a run."""
    home.must(
        "identity", "join", first_day.apart, first_day.others[0], "--reason", "no brother after all"
    )
    release = home.current
    send(home, FUNNEL, [*deals("many", 90), *MANY])
    stopped, again = home.run("run"), home.run("build")
    (held,) = quarantine(home)["held"]
    unchanged = home.current
    home.must("quarantine", "accept", str(held["entry"]))

    settings = Settings(home=home.path)
    for number in range(SMALL):
        send(home, FUNNEL, deals(f"small{number}", 1))
        ingest(servers.kafka(settings), LandingZone(settings.landing_path), TOPICS)
    home.must("ingest")
    before, tidied, after = _is_sound(home), home.json("maintain"), _is_sound(home)
    home.must("run")
    return SecondDay(release, stopped, again, held, unchanged, [before, after], tidied)


def _is_sound(home: Home) -> bool:
    checks = {check["name"]: check["ok"] for check in home.json("doctor", "--verify")}
    return bool(checks["landing"])


@pytest.mark.nightly
def test_batch_with_many_invalid_rows_is_held_until_accepted(
    home: Home, second_day: SecondDay
) -> None:
    day = second_day
    assert day.stopped.returncode == day.again.returncode == 1
    assert "10 of 100 rows read (10.0%) are in quarantine" in " ".join(day.stopped.stderr.split())
    accept = f"affiliate quarantine accept {day.held['entry']}"
    assert accept in " ".join(day.again.stderr.split())
    assert day.unchanged == day.release
    assert day.held["dataset"] == f"events/{FUNNEL}"
    assert landed_deals(home, "many") == 90
    assert quarantine(home)["held"] == []
    assert home.current != day.release


@pytest.mark.nightly
def test_landing_zone_is_consistent_before_and_after_maintenance(
    home: Home, second_day: SecondDay
) -> None:
    assert second_day.is_sound == [True, True]
    merges = second_day.tidied["compaction"]["merges"]
    assert f"events/{FUNNEL}" in {merge["dataset"] for merge in merges}
    assert landed_deals(home, "small") == SMALL


@pytest.mark.nightly
@pytest.mark.usefixtures("second_day")
def test_reverted_split_leaves_a_redirect(
    home: Home, first_day: FirstDay, halves: tuple[Document, Document]
) -> None:
    (minted,) = {half["customer_id"] for half in halves} - {first_day.person}
    assert records(home, first_day.person) == {first_day.apart, *first_day.others}
    # whoever kept the id of the time between still finds the person
    found = explained(home, minted)
    assert (found["customer_id"], found["redirected"]) == (first_day.person, True)
    listed = home.json("identity", "decisions")
    assert [(d["decision"], d["decided_by"], len(d["in_force"])) for d in listed][:1] == [
        ("different", "me", 0)
    ]
    assert home.run("doctor", "--verify").returncode == 0


def test_a_flipped_bit_is_found(home: Home) -> None:
    file = next((home.path / "landing" / "oltp" / "affiliate.affiliate").iterdir())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    good = file.read_bytes()
    file.write_bytes(content)

    done = home.run("doctor", "--verify", "--json")
    file.write_bytes(good)

    assert done.returncode == 1
    problems = [check["detail"] for check in json.loads(done.stdout) if not check["ok"]]
    assert any(file.name in problem for problem in problems)
    assert home.run("doctor", "--verify").returncode == 0
