"""Stewards: what they may decide, what overrides what, and what they are told otherwise."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import AffiliateError
from core.settings import Settings
from identity.decisions import Pair, Verb, in_force, land, pair, read
from identity.people import open_people
from identity.steward import pairs_to_join, pairs_to_split
from ingestion.landing import LandingZone
from ingestion.landing.verify import verify
from tests.support.built_persons import AT, build, key, persons

PERSONS = {"ana": ["1:1", "1:2", "2:10"], "rui": ["2:9"], "leo": ["3:1", "3:2"]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path, _env_file=None)
    build(
        made,
        "first",
        0,
        customer_xref=persons(PERSONS),
        customer_xref_history=[{**key("1:7"), "customer_id": "gone"}],
        customer_redirects=[{"customer_id": "eva", "current_customer_id": "ana"}],
        identity_events=[{"event": "retired", "customer_id": "gone", "happened_at": AT}],
    )
    return made


@pytest.fixture
def zone(settings: Settings) -> LandingZone:
    return LandingZone(settings.landing_path)


def split(settings: Settings, zone: LandingZone, customer: str, *records: str) -> list[Pair]:
    with open_people(settings) as people:
        return sorted(pairs_to_split(people, zone, customer, records))


def join(settings: Settings, zone: LandingZone, one: str, other: str) -> list[Pair]:
    with open_people(settings) as people:
        return pairs_to_join(people, zone, one, other)


def decide(zone: LandingZone, verb: Verb, pairs: list[Pair]) -> None:
    land(zone, verb, pairs, by="steward", reason="they said so", at=AT)


def test_a_split_sets_each_record_apart_from_each_other_one(
    settings: Settings, zone: LandingZone
) -> None:
    assert split(settings, zone, "ana", "1:2") == [("1:1", "1:2"), ("1:2", "2:10")]
    assert split(settings, zone, "ana", "1:1", "2:10") == [("1:1", "1:2"), ("1:2", "2:10")]


def test_a_pair_is_in_byte_order() -> None:
    # as numbers 9 comes before 10
    assert pair("2:9", "2:10") == pair("2:10", "2:9") == ("2:10", "2:9")


def test_a_join_is_one_pair_and_all_that_was_set_apart(
    settings: Settings, zone: LandingZone
) -> None:
    assert join(settings, zone, "ana", "rui") == [("1:1", "2:9")]
    assert join(settings, zone, "2:9", "1:2") == [("1:2", "2:9")]
    decide(zone, "different", [("1:2", "3:1"), ("1:2", "3:2"), ("1:2", "2:9")])
    assert join(settings, zone, "leo", "ana") == [("1:1", "3:1"), ("1:2", "3:1"), ("1:2", "3:2")]


def test_a_later_decision_is_the_way_back(settings: Settings, zone: LandingZone) -> None:
    apart = split(settings, zone, "ana", "1:2")
    decide(zone, "different", apart)
    # no run split them yet, so they are still one person
    assert join(settings, zone, "1:1", "1:2") == apart
    decide(zone, "same", apart)
    first, second = read(zone)
    assert (first.decision, first.in_force) == ("different", frozenset())
    assert (second.decision, second.in_force) == ("same", frozenset(apart))
    assert {act.decision_id for act in in_force([first, second]).values()} == {second.decision_id}
    decide(zone, "different", apart[:1])
    assert read(zone)[1].in_force == frozenset(apart[1:])
    assert verify(zone).problems == ()
    assert zone.unvalidated() == []


@pytest.mark.parametrize(
    ("customer", "records", "told"),
    [
        ("nobody", ["1:1"], "unknown customer or record nobody"),
        ("gone", ["1:7"], "gone is retired"),
        ("eva", ["1:1"], "eva was merged into ana"),
        ("1:1", ["1:1"], "1:1 is a record: name its customer, ana"),
        ("ana", ["2:9"], "record 2:9 does not belong to ana but to rui"),
        ("ana", ["9:9"], "unknown record 9:9"),
        ("ana", ["1:7"], "record 1:7 was deleted or erased"),
        ("ana", ["17"], "17 is not a record"),
        ("ana", ["1:1", "1:2", "2:10"], "all records of ana"),
        ("leo", ["3:1"], "split already"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(
    settings: Settings, zone: LandingZone, customer: str, records: list[str], told: str
) -> None:
    decide(zone, "different", [("3:1", "3:2")])
    with pytest.raises(AffiliateError, match=told):
        split(settings, zone, customer, *records)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("ana", "ana", "one customer already"),
        ("1:1", "2:10", "one customer already"),
        ("ana", "eva", "eva was merged into ana"),
        ("rui", "gone", "gone is retired"),
        ("rui", "1:8", "unknown record 1:8"),
    ],
)
def test_a_join_that_makes_no_sense_is_refused(
    settings: Settings, zone: LandingZone, one: str, other: str, told: str
) -> None:
    with pytest.raises(AffiliateError, match=told):
        join(settings, zone, one, other)


def test_decisions_are_listed_in_the_order_they_were_made(zone: LandingZone) -> None:
    for days in (2, 1):
        land(zone, "same", [("1:1", "1:2")], by="b", reason="r", at=AT - timedelta(days=days))
    assert [act.decided_at for act in read(zone)] == [AT - timedelta(days=d) for d in (2, 1)]
    assert [len(act.in_force) for act in read(zone)] == [0, 1]


def test_before_the_first_build_there_is_nobody_to_decide_about(
    tmp_path: Path, zone: LandingZone
) -> None:
    empty = Settings(home=tmp_path / "empty", _env_file=None)
    with pytest.raises(AffiliateError, match="affiliate run"):
        split(empty, zone, "ana", "1:1")
