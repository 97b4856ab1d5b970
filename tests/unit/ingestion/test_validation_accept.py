"""The cheap test takes what producers usually send, and nothing that the exact judge refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.schemas import event_schema
from contracts.topics import TOPICS, TopicSpec
from core.duckdb_session import connect
from ingestion.validation.validator import TopicValidator
from tests.depth import examples
from tests.support.sample_events import (
    BY_NAME,
    FUNNEL,
    deal,
    encoded,
    exact_verdicts,
    good_event,
    nearly_good,
    table,
    verdicts,
)
from tests.unit.ingestion.test_validation import BAD, FINE

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


#: What a byte or two of a document may become.
ESCAPES = [b'"', b"\\", b'\\"', b"\\\\", b"\\u0000", b"\\u00e9", b"\\ud83d\\ude00", b"\\ud83d"]
NO_UTF8 = [b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"]
CHARACTERS = [b"\x00", b"\x1f", b"\n", b"\x7f", b"\xc3\xa9", b"\xf0\x9f\x98\x80", b"x" * 190]
TOKENS = [b"", b"{", b"}", b"[", b"]", b",", b":", b" ", b",}", b"null", b"NaN", b"[" * 1001]
NUMERALS = [b"0", b"9", b"-", b".", b"e9", b"1" * 19, b"0" * 400]
SCRAPS = (*ESCAPES, *NO_UTF8, *CHARACTERS, *TOKENS, *NUMERALS)


@st.composite
def damaged(draw: st.DrawFn, good: list[bytes]) -> bytes:
    """A good document in which up to three pieces were replaced."""
    value = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(value)))
        end = start + draw(st.integers(0, 2))
        value = value[:start] + draw(st.sampled_from(SCRAPS)) + value[end:]
    return value


def written(topic: TopicSpec) -> list[bytes]:
    """Good events of a topic as different producers write them."""
    events = []
    for type_ in topic.types:
        event = good_event(type_)
        parts = event_schema(type_)["properties"]["data"]["properties"]
        nulls = {name: None for name, part in parts.items() if "null" in part["type"]}
        texts = {name: "é" for name in nulls if "string" in parts[name]["type"]}
        full = {**nulls, **{n: v for n, v in texts.items() if "format" not in parts[n]}}
        events += [event, {**event, "data": {**full, **event["data"]}, "subject": "s"}]
    return [
        *map(encoded, events),
        *(json.dumps(e, separators=(",", ":"), ensure_ascii=False).encode() for e in events),
    ]


@settings(max_examples=examples(5))
@given(st.lists(spelled(), min_size=20, max_size=60))
def test_fast_and_exact_validation_agree_on_spellings(values: list[bytes]) -> None:
    assert verdicts(FUNNEL, values) == exact_verdicts(FUNNEL, values)


@settings(max_examples=examples(5))
@given(
    st.sampled_from(TOPICS).flatmap(lambda t: st.lists(nearly_good(t), min_size=10, max_size=30))
)
def test_fast_and_exact_validation_agree_on_events(
    events: list[tuple[str, dict[str, Any]]],
) -> None:
    topic = BY_NAME[events[0][0]]
    values = [encoded(event) for _, event in events]
    assert verdicts(topic, values) == exact_verdicts(topic, values)


def test_fast_and_exact_validation_agree_on_every_spelling_of_a_value() -> None:
    event = json.dumps(deal(data={}))
    values = [
        event.replace("{}", f'{{"deal_id": 1, "{member}": {value}}}').encode()
        for member in ("owner_id", "amount", "currency", "reason")
        for value in [*NUMBERS, *STRINGS, *TEXTS, "{}", "[]"]
    ]
    values += [event.replace("{}", f'{{"deal_id": {value}}}').encode() for value in NUMBERS]
    assert verdicts(FUNNEL, values) == exact_verdicts(FUNNEL, values)


def test_fast_and_exact_validation_agree_on_poison_messages() -> None:
    values = [*(value for value, _ in BAD.values()), *FINE.values()]
    assert verdicts(FUNNEL, values) == exact_verdicts(FUNNEL, values)


@pytest.mark.usefixtures("nightly")
@pytest.mark.parametrize("topic", TOPICS, ids=str)
def test_damaged_documents_of_a_known_shape_are_never_accepted(topic: TopicSpec) -> None:
    good = written(topic)
    judge = TopicValidator(connect(), topic)
    assert judge.reasons(table(good))[1] == []
    assert judge.accepted(table(good)).all()

    @settings(max_examples=examples(3))
    @given(st.lists(damaged(good), min_size=50, max_size=50))
    def accepts_no_more(values: list[bytes]) -> None:
        accepted = judge.accepted(table(values))
        exact = exact_verdicts(topic, values)
        assert [v for v, a, e in zip(values, accepted, exact, strict=True) if a and e] == []

    accepts_no_more()


def test_fast_string_pattern_accepts_nothing_that_exact_validation_rejects() -> None:
    good = encoded(deal())
    values = [good.replace(b"e-1", b"e-" + scrap) for scrap in SCRAPS]
    judge = TopicValidator(connect(), FUNNEL)
    judge.reasons(table([good]))
    accepted = judge.accepted(table(values))
    exact = exact_verdicts(FUNNEL, values)
    assert [v for v, a, e in zip(values, accepted, exact, strict=True) if a and e] == []
    assert accepted.any()


def test_fast_and_exact_validation_agree_on_every_calendar_day() -> None:
    dates = [
        f"{year}-{month:02}-{day:02}"
        for year in (1000, 1900, 2000, 2023, 2024, 2100, 9996)
        for month in range(14)
        for day in range(33)
    ]
    values = [encoded(deal(time=f"{date}T00:00:00Z")) for date in dates]
    judge = TopicValidator(connect(), FUNNEL)
    exact = exact_verdicts(FUNNEL, values)
    judge.reasons(table([value for value, reason in zip(values, exact, strict=True) if not reason]))
    assert judge.accepted(table(values)).tolist() == [reason is None for reason in exact]


WRITTEN = {
    "characters": "x",
    "of two bytes": "é",
    "escaped": r"\u00e9",
    "pairs of escapes": r"\ud83d\ude00",
    "quotes": r"\"",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_strings_above_the_length_limit_are_not_accepted(name: str) -> None:
    event = json.dumps(deal(id="ID"))
    values = [event.replace("ID", WRITTEN[name] * length).encode() for length in range(203)]
    judge = TopicValidator(connect(), FUNNEL)
    judge.reasons(table(values[1:201]))
    accepted = judge.accepted(table(values))
    assert accepted[1:16].all()
    assert not accepted[[0, 201, 202]].any()


def test_documents_above_the_global_limits_are_not_accepted() -> None:
    event = json.dumps(deal(note="NOTE"))
    values = [event.replace("NOTE", text).encode() for text in ("n", "[" * 1001, "x" * (1 << 20))]
    judge = TopicValidator(connect(), FUNNEL)
    assert judge.reasons(table(values))[1] == ["too_nested", "too_large"]
    assert judge.accepted(table(values)).tolist() == [True, False, False]


COMMON = {
    "whole numbers": deal(),
    "text": deal(data={"deal_id": 7, "reason": 'a "quoted" word } or 客户', "currency": None}),
    "attributes": deal(subject="s", datacontenttype="application/json", dataschema="urn:deal/v1"),
    "members nobody knows": deal(traceparent="00-4bf9", sampled=True, weight=0.5),
    "long": deal(data={"deal_id": 1, "reason": "x" * 1990}),
}


@pytest.mark.parametrize("name", COMMON)
def test_common_documents_need_no_exact_validation(name: str) -> None:
    messages = table([encoded(COMMON[name])] * 3)
    judge = TopicValidator(connect(), FUNNEL)
    assert judge.reasons(messages)[1] == []
    assert judge.accepted(messages).all()


def test_shapes_are_learned_again_when_producers_change() -> None:
    old = table([encoded(deal())] * 10)
    new = table([encoded(deal(data={"currency": "EUR", "deal_id": 1}))] * 10)
    judge = TopicValidator(connect(), FUNNEL)
    for messages in (old, new, new):
        assert judge.reasons(messages)[1] == []
    assert judge.accepted(new).all()
