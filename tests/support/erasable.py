"""Landing zone with one person at two affiliates, and others who share her mailbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from contracts.ledgers import ASSIGNMENTS, DECISIONS, EDGES, FOLLOW_UPS, LedgerSpec
from contracts.topics import TOPICS
from ingestion.kafka.message_validator import LANDED, QUARANTINED
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.landing.manifest import LEDGER
from tests.support.landed_rows import pass_all
from tests.support.landed_tables import SPECS, good_rows, land_rows
from tests.support.sample_events import encoded

AT = datetime(2026, 3, 1, tzinfo=UTC)
ZORA, ZORA_ELSEWHERE, NEIGHBOUR = (1, 10), (2, 20), (1, 11)
#: Affiliate 2 speaks of affiliate 1's customer.
MISADDRESSED = (2, 10)
#: What only she says, at affiliate 1 and at affiliate 2; she and her neighbour share a mailbox.
HERS = ("Zora Quillfëather", "zora.quill@mail.example", "+49 171 9998877", "QF-771-993")
HERS_ELSEWHERE = ("Zora Q. Feather-Hill", "zq.private@mail.example")
SHARED = "family@home.example"
TOPIC = {spec.name: spec for spec in TOPICS}


def event(kind: str, record: tuple[int, int], number: int, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{kind}-{number}",
        "source": "/test",
        "type": kind,
        "time": "2026-03-01T10:20:30Z",
        "affiliateid": record[0],
        "data": {"affiliate_customer_id": record[1], **data},
    }


def land(zone: LandingZone) -> None:
    """Lands it all; every landing passed its review."""
    customer = SPECS["affiliate.affiliate_customer"]
    name, email, phone, number = HERS
    hers = {"full_name": name, "email": email, "phone": phone, "identifier": number}
    land_table(
        zone,
        "affiliate.affiliate",
        {"id": 1, "slug": "north", "full_name": "North", "email": "north@north.example"},
        {"id": 2, "slug": "south", "full_name": "South", "email": "south@south.example"},
    )
    land_table(
        zone,
        customer.qualified,
        {"id": 10, "affiliate_id": 1, **hers, "_issues": f"birth_date={name}"},
        {"id": 11, "affiliate_id": 1, "full_name": "Bo Neighbour", "email": SHARED},
        {"id": 20, "affiliate_id": 2, "full_name": HERS_ELSEWHERE[0], "email": HERS_ELSEWHERE[1]},
    )
    # a later version of her row
    land_table(zone, customer.qualified, {"id": 10, "affiliate_id": 1, **hers, "email": SHARED})
    land_table(
        zone,
        "affiliate.affiliate_customer_tag",
        {"id": 1, "affiliate_id": 1, "affiliate_customer_id": 10, "tag": f"knows {name}"},
        {"id": 2, "affiliate_id": 1, "affiliate_customer_id": 11, "tag": "vip"},
    )
    land_table(
        zone,
        "affiliate.customer_invite",
        {"id": 1, "affiliate_id": 1, "affiliate_customer_id": None, "email": email.upper()},
        {"id": 2, "affiliate_id": 1, "affiliate_customer_id": None, "email": SHARED},
        {"id": 3, "affiliate_id": 2, "affiliate_customer_id": 20, "email": HERS_ELSEWHERE[1]},
    )
    land_table(
        zone,
        "sales.order_header",
        {"id": 100, "affiliate_id": 1, "affiliate_customer_id": 10, "order_number": "N-100"},
        {"id": 101, "affiliate_id": 1, "affiliate_customer_id": 11, "order_number": "N-101"},
    )
    land_events(zone)
    land_ledger(zone)
    pass_all(zone)


def land_table(zone: LandingZone, table: str, *rows: Mapping[str, Any]) -> None:
    """Rows of a table; a text that is not given is null."""
    spec = SPECS[table]
    texts = {column.name: None for column in spec.columns if column.type == "text"}
    (good,) = good_rows(spec, 1)
    land_rows(zone, spec, [{**good, **texts, **row} for row in rows])


def land_events(zone: LandingZone) -> None:
    name, email, *_ = HERS
    made = event("CustomerCreated", ZORA, 1, full_name=name, email=email)
    messages = {
        "affiliate.customers": [
            (b"10", encoded(made)),
            (b"11", encoded(event("CustomerCreated", NEIGHBOUR, 2, full_name="Bo Neighbour"))),
            # another affiliate's word on her
            (b"10", encoded(event("CustomerUpdated", MISADDRESSED, 3, email=email))),
        ],
        "storefront.visits": [
            (b"10", encoded(event("ProductVisited", ZORA, 4, product_id=7))),
            (b"11", encoded(event("ProductVisited", NEIGHBOUR, 5, product_id=7))),
        ],
    }
    value = encoded(made)
    aside = [
        (b"10", value[: len(value) // 2], "decode", "invalid_json"),
        (b"10", value.replace(b'"type": "', b'"type": "\xff', 1), "decode", "invalid_utf8"),
        (b"10", None, "decode", "tombstone"),
        (b"11", b"not json", "decode", "invalid_json"),
    ]
    with zone.batch("kafka") as batch:
        for topic, found in messages.items():
            _write(batch.stage(f"events/{topic}"), LANDED, topic, found)
            bad = len(aside) if topic == "affiliate.customers" else 0
            counts = Counts("events", len(found) + bad, len(found), bad)
            batch.record(f"events/{topic}", counts, {"topic_id": "one", "partitions": {"0": 9}})
        _write(
            batch.stage("quarantine/kafka", "quarantine"),
            QUARANTINED,
            "affiliate.customers",
            aside,
            first=3,
        )
        batch.commit()


def land_messages(zone: LandingZone, topic: str, values: Sequence[bytes]) -> None:
    """Good messages of a topic, from its first offset on."""
    with zone.batch("kafka") as batch:
        dataset = f"events/{topic}"
        _write(batch.stage(dataset), LANDED, topic, [(None, value) for value in values])
        position = {"topic_id": "one", "partitions": {"0": len(values)}}
        batch.record(dataset, Counts("events", len(values), len(values)), position)
        batch.commit()


def _write(
    path: Any, schema: pa.Schema, topic: str, found: Sequence[tuple[Any, ...]], first: int = 0
) -> None:
    rows = [
        {
            "topic": topic,
            "partition": 0,
            "offset": first + place,
            "timestamp": AT,
            "key": key,
            "value": value,
            **dict(zip(("stage", "reason"), more, strict=False)),
        }
        for place, (key, value, *more) in enumerate(found)
    ]
    parquet.write(path, schema, [pa.RecordBatch.from_pylist(rows, schema)])


def land_ledger(zone: LandingZone) -> None:
    """She is one person at both affiliates, and a steward said so in words."""
    assigned = [
        {"affiliate_id": affiliate, "affiliate_customer_id": customer, "customer_id": person}
        for (affiliate, customer), person in (
            (ZORA, "P1"),
            (ZORA_ELSEWHERE, "P1"),
            (NEIGHBOUR, "P2"),
        )
    ]
    pair = {"left_record_id": "1:10", "right_record_id": "2:20"}
    others = {"left_record_id": "1:11", "right_record_id": "2:21"}
    said = {"decision_id": "d", "decision": "same", "reason": f"{HERS[0]} told us"}
    tasks = [
        {"affiliate_id": affiliate, "affiliate_customer_id": customer, "task_pseudonym": task}
        for (affiliate, customer), task in ((ZORA, "k_A"), (NEIGHBOUR, "k_B"))
    ]
    for spec, rows in (
        (FOLLOW_UPS, tasks),
        (ASSIGNMENTS, assigned),
        (EDGES, [pair, others]),
        (DECISIONS, [{**pair, **said}]),
    ):
        _land_ledger(zone, spec, rows)


def _land_ledger(zone: LandingZone, spec: LedgerSpec, rows: list[dict[str, Any]]) -> None:
    with zone.batch("identity") as batch:
        found = pa.RecordBatch.from_pylist(rows, spec.schema)
        parquet.write(batch.stage(spec.dataset), spec.schema, [found])
        batch.record(spec.dataset, Counts(LEDGER, len(rows), len(rows)), {"end": len(rows)})
        batch.commit()
