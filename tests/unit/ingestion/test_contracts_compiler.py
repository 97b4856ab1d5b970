"""The compiled contracts judge as the reference implementation of JSON Schema does."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from ingestion.contracts.compiler import Fields, reason
from ingestion.contracts.schemas import event_schema
from ingestion.contracts.topics import TOPICS
from tests.unit.ingestion.sample_events import BY_NAME, deal, encoded, verdicts

checker = FormatChecker(formats=())


@checker.checks("date-time", raises=ValueError)
def _is_date_time(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


TIMES = ("2026-03-01T10:20:30Z", "2026-02-30T10:20:30Z", "2026-03-01T24:00:00Z", "2026-03-01")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers(2**62, 2**65)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda f: not f.is_integer())
    | st.sampled_from(["", "x" * 200, "x" * 201, "7", "0017", "1" * 18, "1" * 19, "é" * 200])
    | st.sampled_from(TIMES)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=5)
)
ANYTHING = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text("ab"), SCALARS)


def good_event(type_: str) -> dict[str, Any]:
    required = event_schema(type_)["properties"]["data"]["required"]
    values = {name: "purpose" if name == "purpose" else 1 for name in required}
    return deal(type=type_, data=values)


@st.composite
def nearly_good(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An event of some type in which up to three members were dropped or changed."""
    topic = draw(st.sampled_from(TOPICS))
    type_ = draw(st.sampled_from(topic.types))
    event = good_event(type_)
    inner = list(event_schema(type_)["properties"]["data"]["properties"])
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from([*inner, *event]).filter(lambda name: name != "type"))
        target = event["data"] if place in inner else event
        if not isinstance(target, dict):
            continue
        if draw(st.booleans()):
            target[place] = draw(ANYTHING)
        else:
            target.pop(place, None)
        event.setdefault("data", {})
    return topic.name, event


@settings(max_examples=15, deadline=None)
@given(st.lists(nearly_good(), min_size=20, max_size=60))
def test_both_judge_alike(events: list[tuple[str, dict[str, Any]]]) -> None:
    for name in {name for name, _ in events}:
        mine = [event for topic, event in events if topic == name]
        found = verdicts(BY_NAME[name], [encoded(event) for event in mine])
        for event, verdict in zip(mine, found, strict=True):
            schema = event_schema(event["type"])
            errors = Draft202012Validator(schema, format_checker=checker).iter_errors(event)
            complaint = next((error.message for error in errors), None)
            assert (verdict is None) == (complaint is None), (verdict, complaint, event)


@pytest.mark.parametrize("type_", [type_ for topic in TOPICS for type_ in topic.types])
def test_every_schema_is_one_and_takes_its_event(type_: str) -> None:
    schema = event_schema(type_)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=checker).validate(good_event(type_))
    assert schema["properties"]["type"]["const"] == type_


@pytest.mark.parametrize("keyword", [{"enum": ["a"]}, {"format": "email"}, {"const": 1}])
def test_a_keyword_that_is_not_covered_is_refused(keyword: dict[str, object]) -> None:
    fields = Fields(("a",), "document", "kinds", "texts")
    schema = {"type": "object", "properties": {"a": keyword}}
    with pytest.raises(ValueError, match=f"does not cover {next(iter(keyword))}"):
        reason(schema, fields)


def test_quotes_in_a_schema_stay_in_their_literal() -> None:
    fields = Fields(("a",), "document", "kinds", "texts")
    sql = reason({"properties": {"a": {"const": "'; drop table x--"}}}, fields)
    assert json.dumps("''; drop table x--").strip('"') in sql
