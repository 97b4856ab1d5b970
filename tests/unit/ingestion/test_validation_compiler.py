"""The compiled contracts judge as the reference implementation of JSON Schema does."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from contracts.schemas import event_schema
from contracts.topics import TOPICS
from ingestion.validation.sql_compiler import Fields, reason
from tests.depth import examples
from tests.support.sample_events import BY_NAME, encoded, good_event, nearly_good, verdicts

checker = FormatChecker(formats=())


@checker.checks("date-time", raises=ValueError)
def _is_date_time(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@settings(max_examples=examples(10))
@given(
    st.sampled_from(TOPICS).flatmap(lambda t: st.lists(nearly_good(t), min_size=10, max_size=30))
)
def test_sql_and_json_schema_validation_agree(events: list[tuple[str, dict[str, Any]]]) -> None:
    found = verdicts(BY_NAME[events[0][0]], [encoded(event) for _, event in events])
    for (_, event), verdict in zip(events, found, strict=True):
        schema = event_schema(event["type"])
        errors = Draft202012Validator(schema, format_checker=checker).iter_errors(event)
        complaint = next((error.message for error in errors), None)
        assert (verdict is None) == (complaint is None), (verdict, complaint, event)


@pytest.mark.parametrize("type_", [type_ for topic in TOPICS for type_ in topic.types])
def test_schemas_are_valid_and_accept_their_sample_event(type_: str) -> None:
    schema = event_schema(type_)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=checker).validate(good_event(type_))
    assert schema["properties"]["type"]["const"] == type_


@pytest.mark.parametrize("keyword", [{"enum": ["a"]}, {"format": "email"}, {"const": 1}])
def test_unsupported_keyword_is_rejected(keyword: dict[str, object]) -> None:
    fields = Fields(("a",), "document", "kinds", "texts")
    schema = {"type": "object", "properties": {"a": keyword}}
    with pytest.raises(ValueError, match=f"unsupported JSON Schema keyword {next(iter(keyword))}"):
        reason(schema, fields)


def test_quotes_in_a_schema_are_escaped() -> None:
    fields = Fields(("a",), "document", "kinds", "texts")
    sql = reason({"properties": {"a": {"const": "'; drop table x--"}}}, fields)
    assert json.dumps("''; drop table x--").strip('"') in sql
