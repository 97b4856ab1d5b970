"""Binary-mode events and messages of a Schema Registry land as sent, with a document beside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import duckdb
import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from core.errors import ConfigurationError
from ingestion.kafka import ingest
from ingestion.kafka.broker import Kafka
from ingestion.kafka.registry import Registry, open_registry
from ingestion.landing import LandingZone
from tests.integration.ingestion.kafka_topics import FUNNEL, Broker, deal, report_of
from tests.integration.ingestion.landed import paths, versions
from warehouse.select import event_rows

DEALS = f"events/{FUNNEL}"
HEADERS: list[tuple[str, bytes | None]] = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e-9"),
    ("ce_source", b"/crm"),
    ("ce_type", b"DealOpened"),
    ("ce_time", b"2026-03-01T10:20:30Z"),
    ("ce_affiliateid", b"1"),
]
FIELDS = [{"name": "deal_id", "type": "string"}, {"name": "amount", "type": ["null", "double"]}]
DATA = {"type": "record", "name": "Deal", "fields": FIELDS}
EVENT = {
    "type": "record",
    "name": "Event",
    "fields": [
        *({"name": name, "type": "string"} for name in ("id", "source", "type", "time")),
        {"name": "affiliateid", "type": "long"},
        {"name": "data", "type": DATA},
    ],
}
VALUE = {"deal_id": "d-5", "amount": 9.5}


@pytest.fixture
def client() -> SchemaRegistryClient:
    return SchemaRegistryClient.new_client({"url": "mock://"})


@pytest.fixture
def registry(client: SchemaRegistryClient) -> Iterator[str]:
    """A registry that answers with the client's schemas, as the real one does over HTTP."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = self.path.partition("?")[0].removeprefix("/schemas/ids/")
            body: dict[str, object]
            try:
                schema = client.get_schema(int(number))
                status, body = 200, {"schema": schema.schema_str, "schemaType": schema.schema_type}
            except Exception:
                status, body = 404, {"error_code": 40403, "message": "Schema not found"}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Keeps the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def avro(client: SchemaRegistryClient, schema: object, value: object) -> bytes:
    encode = AvroSerializer(client, json.dumps(schema))
    encoded: bytes | None = encode(value, SerializationContext(FUNNEL, MessageField.VALUE))
    assert encoded is not None
    return encoded


def test_binary_events_are_landed_with_their_document(broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1))
    broker.send(FUNNEL, json.dumps(VALUE).encode(), headers=HEADERS)
    broker.send(FUNNEL, json.dumps(VALUE).encode(), headers=HEADERS[1:2])
    report = report_of(ingest(broker.kafka, zone), DEALS)
    assert report.quarantined == {"missing:type": 1}
    landed = versions(zone, DEALS, "value, headers[1].key, document ->> '$.id'")
    assert landed == [(json.dumps(VALUE).encode(), "ce_specversion", "e-9"), (deal(1), "n", None)]
    scan = f"(select *, 1 as _seq from read_parquet({paths(zone, DEALS)}))"
    rows = duckdb.execute(f"{event_rows(scan)} order by 1").fetchall()
    assert [(row[0], json.loads(row[5])["deal_id"]) for row in rows] == [
        ("e-1", "d-1"),
        ("e-9", "d-5"),
    ]


def test_encoded_messages_are_decoded(
    broker: Broker, zone: LandingZone, client: SchemaRegistryClient, registry: str
) -> None:
    json_id = client.register_schema("json", Schema('{"type": "object"}', "JSON"))
    event = {**json.loads(deal(3)), "data": VALUE}
    structured = avro(client, EVENT, event)
    sent = [structured, b"\0" + json_id.to_bytes(4, "big") + deal(4)]
    bad = [structured[:-3], b"\0\0\0\xff\xff" + deal(5), b"\0\0"]
    broker.create(FUNNEL)
    broker.send(FUNNEL, *sent, *bad, deal(6))
    broker.send(FUNNEL, avro(client, DATA, VALUE), headers=HEADERS)
    kafka = Kafka(broker.kafka.config, is_embedded=True, registry={"url": registry})
    report = report_of(ingest(kafka, zone), DEALS)
    assert report.quarantined == {"registry_decode": 2, "unknown_schema": 1}
    found = versions(zone, DEALS, "document ->> '$.id', document -> '$.data'")
    decoded = {number: json.loads(data) for number, data in found if number}
    assert decoded == {"e-3": VALUE, "e-4": {"deal_id": "d-4"}, "e-9": VALUE}
    assert len(found) == 4
    assert {*sent, deal(6)} <= {value for (value,) in versions(zone, DEALS, "value")}


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:1/sesame"])
def test_unreachable_registry_lands_nothing(url: str, broker: Broker, zone: LandingZone) -> None:
    broker.create(FUNNEL)
    broker.send(FUNNEL, deal(1), b"\0\0\0\0\1" + deal(2))
    settings = {"url": url, "max.retries": "0"}
    kafka = Kafka(broker.kafka.config, is_embedded=True, registry=settings)
    with pytest.raises(ConfigurationError, match="AFFILIATE_SCHEMA_REGISTRY_URL") as caught:
        ingest(kafka, zone)
    assert "sesame" not in str(caught.value)
    assert zone.latest is None


@pytest.mark.parametrize("settings", [{}, {"url": "mock://", "no.such.setting": "sesame"}])
def test_invalid_registry_settings_error_is_one_line(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="AFFILIATE_SCHEMA_REGISTRY_") as caught:
        open_registry(settings)
    assert "sesame" not in str(caught.value)


def test_avro_types_without_json_equivalent_are_converted(client: SchemaRegistryClient) -> None:
    fields = {
        "day": {"type": "int", "logicalType": "date"},
        "at": {"type": "long", "logicalType": "timestamp-millis"},
        "price": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
        "raw": "bytes",
    }
    listed = [{"name": name, "type": kind} for name, kind in fields.items()]
    schema = {"type": "record", "name": "All", "fields": listed}
    value = {
        "day": date(2026, 3, 1),
        "at": datetime(2026, 3, 1, 10, 20, 30, tzinfo=UTC),
        "price": Decimal("9.50"),
        "raw": b"\xff",
    }
    document, fault = Registry(client).decode(avro(client, schema, value))
    assert fault is None
    assert json.loads(document or "") == {
        "day": "2026-03-01",
        "at": "2026-03-01T10:20:30+00:00",
        "price": 9.5,
        "raw": "/w==",
    }
