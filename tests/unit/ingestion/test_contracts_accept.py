"""The cheap test takes what producers usually send, and nothing that the exact judge refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.contracts.judge import Judge
from ingestion.contracts.topics import TOPICS
from ingestion.warehouse.connection import connect
from tests.unit.ingestion.sample_events import (
    BY_NAME,
    FUNNEL,
    deal,
    encoded,
    exact_verdicts,
    nearly_good,
    table,
    verdicts,
)
from tests.unit.ingestion.test_contracts_validation import BAD, FINE

#: Spellings of a value that parsers read alike, or nearly so.
NUMBERS = (
    *[
        "1",
        "-1",
        "0",
        "-0",
        "1.0",
        "1.50",
        "1e2",
        "1e0001",
        "1e-99999",
        "1E400",
        "NaN",
        "-Infinity",
    ],
    *["9999999999999999", "10000000000000000", "9223372036854775807", "9223372036854775808"],
    *["18446744073709551616", "0." + "0" * 500 + "1", "9" * 18, "9" * 19, "true", "null", '"7"'],
)
STRINGS = ['""', r'"\u0000"', r'"\\u0000"', r'"\""', '"é"', r'"é\n"', '",}"', '": 1e9999"', '"}"']
TEXTS = [f'"{"x" * length}"' for length in (1, 199, 200, 201, 2000, 2001)]
MEMBERS = st.sampled_from(["deal_id", "owner_id", "amount", "currency", "reason", "x", "ex,tra"])
VALUES = st.sampled_from([*NUMBERS, *STRINGS, *TEXTS, "{}", "[]", '{"deal_id": 1, "deal_id": 2}'])


@st.composite
def spelled(draw: st.DrawFn) -> bytes:
    """An event written by hand: members repeated, unknown, in any order, spaced in any way."""
    members = draw(st.lists(st.tuples(MEMBERS, VALUES), max_size=4))
    data = ", ".join(f'"{name}":{value}' for name, value in [("deal_id", '"d"'), *members])
    event = json.dumps(deal(data={}))
    text = event.replace("{}", f"{{{data}{draw(st.sampled_from(['', '', ',', ' , ']))}}}")
    end = draw(st.sampled_from(["", "", ",", ' , "id": "e"', ', "data": 3', ', "data": {}', "\n"]))
    space = draw(st.sampled_from([" ", " ", "", "\n", "\t "]))
    return (text[:-1] + end + "}").replace(" ", space).encode()


@settings(max_examples=15, deadline=None)
@given(st.lists(spelled(), min_size=20, max_size=60))
def test_spellings_get_the_exact_verdict(values: list[bytes]) -> None:
    assert verdicts(FUNNEL, values) == exact_verdicts(FUNNEL, values)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(TOPICS).flatmap(lambda t: st.lists(nearly_good(t), min_size=10, max_size=30))
)
def test_events_get_the_exact_verdict(events: list[tuple[str, dict[str, Any]]]) -> None:
    topic = BY_NAME[events[0][0]]
    values = [encoded(event) for _, event in events]
    assert verdicts(topic, values) == exact_verdicts(topic, values)


def test_every_spelling_of_a_value_gets_the_exact_verdict() -> None:
    event = json.dumps(deal(data={}))
    values = [
        event.replace("{}", f'{{"deal_id": 1, "{member}": {value}}}').encode()
        for member in ("owner_id", "amount", "currency", "reason")
        for value in [*NUMBERS, *STRINGS, *TEXTS, "{}", "[]"]
    ]
    values += [event.replace("{}", f'{{"deal_id": {value}}}').encode() for value in NUMBERS]
    assert verdicts(FUNNEL, values) == exact_verdicts(FUNNEL, values)


def test_poison_gets_the_exact_verdict() -> None:
    values = [*(value for value, _ in BAD.values()), *FINE.values()]
    assert verdicts(FUNNEL, values) == exact_verdicts(FUNNEL, values)


COMMON = {
    "whole numbers": deal(),
    "text": deal(data={"deal_id": 7, "reason": 'a "quoted" word } or 客户', "currency": None}),
    "attributes": deal(subject="s", datacontenttype="application/json", dataschema="urn:deal/v1"),
    "long": deal(data={"deal_id": 1, "reason": "x" * 1990}),
}


@pytest.mark.parametrize("name", COMMON)
def test_what_is_common_needs_no_exact_judge(name: str) -> None:
    messages = table([encoded(COMMON[name])] * 3)
    judge = Judge(connect(), FUNNEL)
    assert judge.reasons(messages)[1] == []
    assert judge.accepted(messages).all()


def test_shapes_are_learnt_when_producers_change() -> None:
    old = table([encoded(deal())] * 10)
    new = table([encoded(deal(data={"currency": "EUR", "deal_id": 1}))] * 10)
    judge = Judge(connect(), FUNNEL)
    for messages in (old, new, new):
        assert judge.reasons(messages)[1] == []
    assert judge.accepted(new).all()
