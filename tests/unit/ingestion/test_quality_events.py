"""Suites of the event types on landed files, and the circuit breaker."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from contracts.topics import TOPICS, TopicSpec
from ingestion.kafka.message_validator import LANDED, QUARANTINED
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.quality import QualityReport, checks, revalidate_held, validate_batches
from ingestion.quality.event_rules import data_columns, event_rules
from tests.support.landed_tables import MARKER, NOW
from tests.support.sample_events import BY_NAME

Message = dict[str, Any]

FUNNEL, ERASURES = BY_NAME["sales.funnel"], BY_NAME["privacy.erasures"]
TYPES = [(topic, name) for topic in TOPICS for name in topic.types]
#: What holds the events of a type, besides envelope and key.
HELD_FOR: dict[str, dict[str, list[str]]] = {
    "ProductVisited": {"missing": ["product_id"]},
    "ConsentGranted": {"missing": ["purpose"]},
    "FollowUpDone": {"wrong": ["outcome"]},
    "CustomerErased": {"wrong": ["scope"]},
    **{name: {"wrong": ["amount"]} for name in FUNNEL.types},
}
_VALUES = {"bigint": 7, "double": 12.5, "text": "word", "timestamptz": "2026-02-28T10:00:00Z"}
_TEXTS = {
    "email": "someone@example.com",
    "phone": "+12025550100",
    "country": "BR",
    "currency": "USD",
    "outcome": "reached",
    "scope": "all",
}


def event(event_type: str, number: int, **data: Any) -> Message:
    good = {
        name: _TEXTS.get(name, _VALUES[kind]) for name, kind in data_columns(event_type).items()
    }
    return {
        "id": f"e-{number}",
        "source": "/shop",
        "type": event_type,
        "time": (NOW - timedelta(hours=2)).isoformat(),
        "affiliateid": 1,
        "data": good | data,
    }


def land_events(
    zone: LandingZone,
    topic: TopicSpec,
    events: list[Message],
    bad: int = 0,
    offsets: list[int] | None = None,
) -> None:
    """Lands events, and sets aside `bad` other messages of the topic."""
    places = offsets or list(range(len(events)))
    good = [_message(topic, offset, e) for offset, e in zip(places, events, strict=True)]
    aside = [
        _message(topic, 10_000 + n, {})
        | {"stage": "contract", "reason": f"missing:{'id' * (n % 2)}"}
        for n in range(bad)
    ]
    with zone.batch("kafka") as batch:
        _write(batch.stage(topic.dataset), LANDED, good)
        _write(batch.stage("quarantine/kafka", "quarantine"), QUARANTINED, aside)
        counts = Counts("events", len(good) + bad, len(good), bad)
        batch.record(topic.dataset, counts, {"end": 1})
        assert batch.commit() is not None


def _message(topic: TopicSpec, offset: int, content: Message) -> Message:
    return {
        "topic": topic.name,
        "partition": 0,
        "offset": offset,
        "value": json.dumps(content).encode(),
    }


def _write(path: Path, schema: pa.Schema, rows: list[Message]) -> None:
    parquet.write(path, schema, [pa.RecordBatch.from_pylist(rows, schema)])


def validated(zone: LandingZone, pages: Path) -> QualityReport:
    (found,) = validate_batches(zone, pages, now=NOW)
    return found


@pytest.mark.parametrize(("topic", "name"), TYPES, ids=[name for _, name in TYPES])
def test_error_rules_are_as_listed(topic: TopicSpec, name: str) -> None:
    errors = [
        ", ".join(rule.columns) for rule in event_rules(name, NOW) if rule.severity == "error"
    ]
    assert errors == [
        *("event_id", "event_source", "event_at", "affiliate_id"),
        topic.key,
        *HELD_FOR.get(name, {}).get("missing", []),
        "partition, offset",
        *HELD_FOR.get(name, {}).get("wrong", []),
    ]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_valid_events_pass_all_rules(topic: TopicSpec, zone: LandingZone, pages: Path) -> None:
    land_events(zone, topic, [event(name, n) for name in topic.types for n in range(110)])
    found = validated(zone, pages)
    assert [r for r in found.results if not r.success] == []
    assert {r.subject for r in found.results} == {topic.name, *topic.types}
    assert found.outcome == "passed"


@pytest.mark.parametrize(("topic", "name"), TYPES, ids=[name for _, name in TYPES])
def test_all_errors_are_found_without_revealing_values(
    topic: TopicSpec, name: str, zone: LandingZone, pages: Path
) -> None:
    wrong = {"amount": -1, "outcome": MARKER, "scope": MARKER}
    broken = {key: value for key, value in wrong.items() if key in data_columns(name)}
    events = [event(name, n, **broken) for n in range(120)]
    nothing = {"type": name, "data": {"email": MARKER}}
    land_events(zone, topic, [*events, nothing], offsets=[0, *range(120)])
    found = validated(zone, pages)
    held = [(r.expectation, r.columns) for r in found.results if r.held]
    rules = [rule for rule in event_rules(name, NOW) if rule.severity == "error"]
    assert held == [(rule.expectation, rule.columns) for rule in rules]
    assert len(found.reasons) == len(held) > 4
    for told in [repr(found), *(p.read_text() for p in pages.rglob("*") if p.is_file())]:
        assert MARKER not in told


def test_duplicate_deliveries_only_warn(zone: LandingZone, pages: Path) -> None:
    land_events(zone, FUNNEL, [event("DealWon", 1) for _ in range(200)])
    found = validated(zone, pages)
    assert found.outcome == "passed"
    assert [r.columns for r in found.warnings] == [("event_source", "event_id")]


def test_document_of_a_binary_message_is_validated(zone: LandingZone, pages: Path) -> None:
    row = _message(FUNNEL, 0, {})
    row |= {"value": b"\xff\xfe avro", "document": json.dumps(event("DealWon", 1))}
    with zone.batch("kafka") as batch:
        _write(batch.stage(FUNNEL.dataset), LANDED, [row])
        batch.record(FUNNEL.dataset, Counts("events", 1, 1), {"end": 1})
        batch.commit()
    found = validated(zone, pages)
    assert {r.subject for r in found.results} == {FUNNEL.name, "DealWon"}
    assert found.outcome == "passed"


@pytest.mark.parametrize(
    ("good", "bad", "outcome"),
    [
        (95, 5, "passed"),
        (94, 6, "held"),
        (0, 100, "held"),
        (10, 89, "passed"),
        (1_899, 100, "held"),
        (1_900, 100, "passed"),
    ],
)
def test_the_breaker_opens_above_five_percent_of_at_least_a_hundred_rows(
    good: int, bad: int, outcome: str, zone: LandingZone, pages: Path
) -> None:
    land_events(zone, ERASURES, [event("CustomerErased", n) for n in range(good)], bad)
    found = validated(zone, pages)
    assert (found.outcome, found.rows_quarantined) == (outcome, bad)
    breaker = checks(found)[0]
    assert (breaker.name, breaker.passed) == ("breaker", outcome == "passed")
    assert sum(found.quarantined.values()) == bad
    if outcome == "held":
        (line,) = found.reasons
        assert line.startswith(f"events/privacy.erasures: {bad:,} of {good + bad:,} rows read (")
        assert "missing:id" in line


def test_breaker_counts_only_quarantined_rows_of_its_batch(zone: LandingZone, pages: Path) -> None:
    for start, bad in ((0, 4), (200, 3)):
        events = [event("CustomerErased", start + n) for n in range(96)]
        land_events(zone, ERASURES, events, bad, list(range(start, start + 96)))
    found = validate_batches(zone, pages, now=NOW)
    assert [(r.entry, r.rows_quarantined, r.outcome) for r in found] == [
        (1, 4, "passed"),
        (2, 3, "passed"),
    ]


def test_replayed_rows_close_the_breaker(zone: LandingZone, pages: Path) -> None:
    land_events(zone, ERASURES, [event("CustomerErased", n) for n in range(94)], bad=6)
    assert validated(zone, pages).outcome == "held"
    (still,) = revalidate_held(zone, pages, now=NOW)
    assert still.outcome == "held"
    ((_, file),) = zone.live("quarantine/kafka")
    with zone.batch("replay") as batch:
        batch.recover(ERASURES.dataset, 6)
        later = [_message(ERASURES, 200 + n, event("CustomerErased", 200 + n)) for n in range(6)]
        _write(batch.stage(ERASURES.dataset), LANDED, later)
        batch.replace([file])
        batch.commit()
    (again,) = revalidate_held(zone, pages, now=NOW)
    assert (again.entry, again.outcome, again.rows_quarantined) == (1, "passed", 0)
    assert zone.held() == []
