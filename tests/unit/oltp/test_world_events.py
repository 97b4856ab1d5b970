"""What consumers will meet on the topics."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from importlib.resources import files
from itertools import chain, pairwise
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from contracts.topics import TOPICS
from oltp.world.events.malformed import KINDS
from oltp.world.events.messages import Message
from tests.unit.oltp.drawn_world import DrawnWorld

SPECS = {spec.name: spec for spec in TOPICS}


def decoded(queue: list[Message]) -> list[dict[str, Any]]:
    return [json.loads(message.value or b"") for message in queue]


@pytest.fixture(scope="module")
def schemas() -> Registry:
    folder = files("contracts") / "events"
    contents = (json.loads(entry.read_text()) for entry in folder.iterdir())
    return Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in contents
    )


def test_every_topic_of_the_contract_has_messages(world: DrawnWorld) -> None:
    assert set(world.chunk.good) == set(SPECS)


@pytest.mark.parametrize("topic", SPECS)
def test_valid_events_satisfy_their_schema(
    world: DrawnWorld, schemas: Registry, topic: str
) -> None:
    events = decoded(world.chunk.good[topic])
    assert {event["type"] for event in events} == set(SPECS[topic].types)
    by_type = defaultdict(list)
    for event in events:
        by_type[event["type"]].append(event)
    for type_, some in by_type.items():
        schema = schemas.contents(f"{type_}.v1.json")
        validator = Draft202012Validator(schema, registry=schemas)
        for event in some[:300]:
            validator.validate(event)
            assert event["specversion"] == "1.0"


@pytest.mark.parametrize("topic", SPECS)
def test_messages_have_the_key_of_the_contract(world: DrawnWorld, topic: str) -> None:
    for message, event in zip(
        world.chunk.good[topic], decoded(world.chunk.good[topic]), strict=True
    ):
        assert message.key == str(event["data"][SPECS[topic].key]).encode()


def test_ids_are_unique_except_in_exact_duplicates(world: DrawnWorld) -> None:
    values = defaultdict(set)
    repeats = 0
    for message in chain.from_iterable(world.chunk.good.values()):
        event_id = json.loads(message.value or b"")["id"]
        repeats += event_id in values
        values[event_id].add(message.value)
    assert all(len(bytes_) == 1 for bytes_ in values.values())
    assert 0.008 < repeats / len(values) < 0.012


def test_one_percent_of_events_is_late(world: DrawnWorld) -> None:
    queue = world.chunk.good["storefront.visits"]
    times = [event["time"] for event in decoded(queue)]
    newest = list(times)
    for place in range(1, len(newest)):
        newest[place] = max(newest[place], newest[place - 1])
    late = sum(time < seen for time, seen in zip(times, newest, strict=True)) / len(times)
    assert 0.01 < late < 0.03
    assert [message.arrival for message in queue] == sorted(message.arrival for message in queue)


def test_number_of_page_views_and_events_is_in_range(world: DrawnWorld) -> None:
    customers = len(world.records.id)
    visits = len(world.chunk.good["storefront.visits"])
    assert 6 < visits / customers < 10
    assert 9 < sum(map(len, world.chunk.good.values())) / customers < 13


def test_some_visitors_are_anonymous(world: DrawnWorld) -> None:
    known = set(world.records.id.tolist())
    visitors = [
        event["data"]["affiliate_customer_id"]
        for event in decoded(world.chunk.good["storefront.visits"])
    ]
    assert 0.003 < sum(visitor not in known for visitor in visitors) / len(visitors) < 0.03


def test_deals_skip_stages_go_back_are_lost_and_are_reopened(world: DrawnWorld) -> None:
    order = ["DealOpened", "ContactMade", "LeadQualified", "DemoScheduled", "DemoHeld"]
    paths = defaultdict(list)
    for event in sorted(decoded(world.chunk.good["sales.funnel"]), key=lambda event: event["time"]):
        paths[event["data"]["deal_id"]].append(event["type"])
    assert all(path[0] == "DealOpened" for path in paths.values())
    ranks = [[order.index(t) for t in path if t in order] for path in paths.values()]
    steps = [b - a for rank in ranks for a, b in pairwise(rank)]
    assert any(step > 1 for step in steps)
    assert any(step < 0 for step in steps)
    types = Counter(chain.from_iterable(paths.values()))
    assert min(types["DealWon"], types["DealLost"], types["DealReopened"]) > 10


def test_tasks_are_completed_after_they_are_scheduled(world: DrawnWorld) -> None:
    scheduled: dict[str, str] = {}
    done: dict[str, str] = {}
    for event in decoded(world.chunk.good["marketing.follow-ups"]):
        times = scheduled if event["type"] == "FollowUpScheduled" else done
        times[event["data"]["task_id"]] = event["time"]
    assert 0.3 < len(done) / len(scheduled) < 0.8
    assert all(scheduled[task] < time for task, time in done.items())


def test_consents_are_withdrawn_only_after_they_are_granted(world: DrawnWorld) -> None:
    given: dict[int, str] = {}
    withdrawn: dict[int, str] = {}
    for event in decoded(world.chunk.good["marketing.consents"]):
        times = given if event["type"] == "ConsentGranted" else withdrawn
        times[event["data"]["affiliate_customer_id"]] = event["time"]
    assert 0.1 < len(withdrawn) / len(given) < 0.2
    assert all(given[customer] <= time for customer, time in withdrawn.items())


def test_few_customers_are_erased_and_no_request_is_overdue(world: DrawnWorld) -> None:
    requests = decoded(world.chunk.good["privacy.erasures"])
    assert 1 <= len(requests) <= 15
    since = (world.beginning.spec.until - timedelta(days=10)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert min(request["time"] for request in requests) >= since


def test_no_event_is_later_than_the_end_of_the_world(world: DrawnWorld) -> None:
    until = world.beginning.spec.until.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for queue in world.chunk.good.values():
        assert max(event["time"] for event in decoded(queue)) < until


def test_one_in_a_thousand_messages_is_malformed_and_counted_by_kind(
    world: DrawnWorld,
) -> None:
    bad = list(chain.from_iterable(world.chunk.bad.values()))
    good = sum(map(len, world.chunk.good.values()))
    assert sum(world.chunk.bad_kinds.values()) == len(bad)
    assert set(world.chunk.bad_kinds) == set(KINDS)
    assert 0.0009 < len(bad) / good < 0.0012


@pytest.mark.parametrize("kind", KINDS)
def test_malformed_message_is_not_a_valid_event(
    world: DrawnWorld, schemas: Registry, kind: str
) -> None:
    for queue in world.chunk.good.values():
        spoiled = KINDS[kind](queue[0].value or b"")
        assert not usable(spoiled, schemas)


def usable(value: bytes | None, schemas: Registry) -> bool:
    """True for strict JSON of a known type that its schema accepts."""

    def refuse(literal: str) -> None:
        raise ValueError(literal)

    try:
        event = json.loads((value or b"").decode(), parse_constant=refuse)
        schema = schemas.contents(f"{event['type']}.v1.json")
    except (ValueError, KeyError):
        return False
    return Draft202012Validator(schema, registry=schemas).is_valid(event)
