"""Binary-mode events and encoded values become documents; what cannot gets a fault."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from core.duckdb_session import connect
from ingestion.kafka.columns import SCHEMA
from ingestion.kafka.documents import with_documents
from ingestion.validation.validator import TopicValidator
from tests.support.sample_events import FUNNEL, deal, encoded

Headers = list[tuple[str, bytes | None]]

DATA = b'{"deal_id": "d-1", "amount": 9.50}'
HEADERS: Headers = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e-1"),
    ("ce_source", '/crm/é"'.encode()),
    ("ce_type", b"DealOpened"),
    ("ce_time", b"2026-03-01T10:20:30Z"),
    ("ce_affiliateid", b"3"),
]


def verdicts(*messages: tuple[bytes | None, Headers | None]) -> list[tuple[str | None, str | None]]:
    """Document and reason per message."""
    headers: list[Any] = [
        each and [{"key": name, "value": value} for name, value in each] for _, each in messages
    ]
    columns: dict[str, list[Any]] = {name: [None] * len(messages) for name in SCHEMA.names}
    columns |= {"value": [value for value, _ in messages], "headers": headers}
    complete = with_documents(connect(), pa.table(columns, SCHEMA), None)
    places, reasons = TopicValidator(connect(), FUNNEL).reasons(complete)
    found = dict(zip(places.tolist(), reasons, strict=True))
    documents = complete["document"].to_pylist()
    return [(document, found.get(place)) for place, document in enumerate(documents)]


def test_binary_event_becomes_structured() -> None:
    extra: Headers = [
        ("ce_traceparent", b"00-1"),
        ("content-type", b"application/json"),
        ("n", b""),
    ]
    [(document, reason)] = verdicts((DATA, [*HEADERS, *extra]))
    assert reason is None
    assert document is not None
    assert document.endswith(f',"data":{DATA.decode()}}}')
    assert json.loads(document) == {
        "specversion": "1.0",
        "id": "e-1",
        "source": '/crm/é"',
        "type": "DealOpened",
        "time": "2026-03-01T10:20:30Z",
        "affiliateid": "3",
        "traceparent": "00-1",
        "datacontenttype": "application/json",
        "data": {"deal_id": "d-1", "amount": 9.5},
    }


def test_structured_events_are_unchanged() -> None:
    structured: Headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    value = encoded(deal())
    found = verdicts((value, None), (value, structured), (value, [*structured, *HEADERS]))
    assert found == [(None, None)] * 3


def without(name: str) -> Headers:
    return [pair for pair in HEADERS if pair[0] != name]


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (DATA, without("ce_id"), "missing:id"),
        (DATA, without("ce_affiliateid"), "missing:affiliateid"),
        (DATA, [*HEADERS, ("ce_id", b"e-2")], "duplicate_keys"),
        (DATA, [*HEADERS, ("ce_data", b"{}")], "duplicate_keys"),
        (DATA, [*HEADERS, ("ce_x", None)], "bad_headers"),
        (DATA, [*HEADERS, ("ce_x", b"\xff")], "bad_headers"),
        (DATA, [*HEADERS, ('ce_x","y', b"1")], "bad_headers"),
        (DATA, [*HEADERS, ("ce_X", b"1")], "bad_headers"),
        (DATA, [*HEADERS, ("ce_x", b"\x00")], "nul_character"),
        (DATA, [*without("ce_type"), ("ce_type", b"DealDreamt")], "unknown_type"),
        (DATA, [*HEADERS, ("ce_dataschema", b"urn:deal/v7")], "unknown_version"),
        (b'{"deal_id": 1}, "x": {}', HEADERS, "invalid_json"),
        (b"\xff", HEADERS, "invalid_json"),
        (b"", HEADERS, "invalid_json"),
        (b"[]", HEADERS, "contract:data"),
        (None, HEADERS, "tombstone"),
        (b"\x00\x00\x00\x00\x01{}", None, "registry_missing"),
    ],
)
def test_invalid_binary_event_gets_a_reason(
    value: bytes | None, headers: Headers | None, reason: str
) -> None:
    good = (DATA, HEADERS)
    found = [why for _, why in verdicts(good, (value, headers), good)]
    assert found == [None, reason, None]


def test_null_header_among_messages_without_headers() -> None:
    assert verdicts((encoded(deal()), None), (DATA, HEADERS), (encoded(deal()), []))[1][1] is None
