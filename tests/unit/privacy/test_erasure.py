"""Somebody is erased from the landing zone: she is gone, the others are as they were."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from ingestion.kafka.message_validator import MessageValidator
from ingestion.landing import LandingZone, tombstones
from ingestion.landing.exclusion import Exclusion, stripped
from ingestion.landing.verify import verify
from privacy.erasure import erasing, person
from privacy.erasure.export import export
from privacy.erasure.requests import Receipt, Request, Requests, Scope, overdue
from privacy.erasure.withdrawal import to_withdraw
from tests.support import erasable
from tests.support.erasable import (
    HERS,
    HERS_ELSEWHERE,
    MISADDRESSED,
    NEIGHBOUR,
    SHARED,
    TOPIC,
    ZORA,
    ZORA_ELSEWHERE,
    event,
)
from tests.support.landed_tables import SPECS
from tests.support.sample_events import encoded
from tests.support.searching import found_in
from warehouse.connection import open_warehouse
from warehouse.load import load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def zone(settings: Settings) -> LandingZone:
    zone = LandingZone(settings.landing_path)
    erasable.land(zone)
    return zone


def erase(settings: Settings, zone: LandingZone, scope: Scope = "affiliate") -> Request:
    made = erasing.request(settings, zone, ZORA, scope, request_id="R-1")
    erasing.erase_landed(settings, zone)
    found = Requests(settings.erasures_path).find(made.request_id)
    assert isinstance(found, Request)
    assert found.state == "landed"
    return found


def rows(zone: LandingZone) -> dict[str, list[dict[str, Any]]]:
    """Every landed row but the tombstones."""
    found: dict[str, list[dict[str, Any]]] = {}
    for _, file in zone.live():
        if file.dataset != tombstones.DATASET:
            for row in pq.read_table(zone.path(file), partitioning=None).to_pylist():
                row.pop("_seq", None)
                found.setdefault(file.dataset, []).append(row)
    return found


def left(settings: Settings, tokens: tuple[str, ...]) -> list[str]:
    return found_in(settings.home, tokens, but=("erasures",))


def _is_hers(row: dict[str, Any]) -> bool:
    """Whether an erasure at affiliate 1 reaches a row: it names her record, or her mailbox."""
    record = row.get("affiliate_id"), row.get("affiliate_customer_id", row.get("id"))
    ends = row.get("left_record_id"), row.get("right_record_id")
    mailbox = row.get("id") == 1 and "invited_at" in row
    return record == ZORA or row.get("key") == b"10" or "1:10" in ends or mailbox


def test_erasure_at_one_affiliate_keeps_records_elsewhere(
    settings: Settings, zone: LandingZone
) -> None:
    before = rows(zone)
    assert len({line.rsplit(": ")[-1] for line in left(settings, HERS)}) == len(HERS)

    request = erase(settings, zone)

    assert request.records == (ZORA, MISADDRESSED)
    assert left(settings, HERS) == []
    assert {line.rsplit(": ")[-1] for line in left(settings, HERS_ELSEWHERE)} == set(HERS_ELSEWHERE)
    assert verify(zone).problems == ()
    after = rows(zone)
    for dataset, theirs in before.items():
        assert [row for row in theirs if not _is_hers(row)] == [
            row for row in after.get(dataset, []) if not _is_hers(row)
        ], dataset
    assert after["oltp/sales.order_header"] == before["oltp/sales.order_header"]
    assert [row["task_pseudonym"] for row in after["delivered/follow_ups"]] == ["k_B"]


def test_scope_all_erases_every_record_of_the_customer(
    settings: Settings, zone: LandingZone
) -> None:
    request = erase(settings, zone, "all")
    assert request.records == (ZORA, MISADDRESSED, ZORA_ELSEWHERE)
    assert left(settings, (*HERS, *HERS_ELSEWHERE)) == []
    assert left(settings, ("Bo Neighbour", SHARED)) != []
    assert verify(zone).problems == ()


def test_values_shared_with_others_are_not_searched(zone: LandingZone) -> None:
    assert set(person.values(zone, [ZORA, MISADDRESSED])) == set(HERS)
    assert person.values(zone, [NEIGHBOUR]) == ("Bo Neighbour",)


def test_second_erasure_pass_changes_nothing(settings: Settings, zone: LandingZone) -> None:
    request = erase(settings, zone)
    entries = len(zone.entries())
    Requests(settings.erasures_path).write(replace(request, state="resolved"))
    assert erasing.erase_landed(settings, zone) == {}
    assert len(zone.entries()) == entries


def test_redelivered_data_is_stripped_or_dropped_and_counted(
    settings: Settings, zone: LandingZone, tmp_path: Path
) -> None:
    table = SPECS["affiliate.affiliate_customer"]
    (first, *_) = zone.files(table.dataset)
    (batch,) = pq.read_table(zone.path(first[1]), partitioning=None).to_batches()
    messages = pq.read_table(
        zone.path(zone.files("events/affiliate.customers")[0][1]), partitioning=None
    ).drop("document")
    erase(settings, zone)
    exclusion = Exclusion.of(LandingZone(zone.root))

    (kept,) = exclusion.strip(table, [batch])
    with MessageValidator(tmp_path / "bad", exclusion=exclusion) as sorter:
        sorter.open(TOPIC["affiliate.customers"], tmp_path / "good")
        sorter.sort("affiliate.customers", messages)

    hers, neighbour, elsewhere = kept.to_pylist()
    assert {name for name, value in hers.items() if value is not None} == {
        *("id", "affiliate_id", "created_at", "updated_at", "_op", "_source", "_issues")
    }
    assert hers["_issues"] == "birth_date"
    assert [neighbour, elsewhere] == batch.to_pylist()[1:]
    assert sorter.erased == {"affiliate.customers": 2}
    assert sorter.good == {"affiliate.customers": 1}


def test_export_contains_only_this_customer_of_this_affiliate(
    settings: Settings, zone: LandingZone
) -> None:
    held = export(settings, zone, "north", ZORA)
    (customer,) = held["landed"]["affiliate.affiliate_customer"]
    assert (customer["full_name"], customer["email"]) == (HERS[0], SHARED)
    assert [one["id"] for one in held["events"]["affiliate.customers"]] == ["CustomerCreated-1"]
    text = json.dumps(held, default=str)
    assert not [told for told in (*HERS_ELSEWHERE, "Bo Neighbour", "N-101") if told in text]
    with pytest.raises(ConfigurationError, match="no data about this customer"):
        export(settings, zone, "north", (1, 999))


def test_undeclared_columns_of_an_order_are_erased() -> None:
    order = pa.record_batch(
        {"id": [1], "affiliate_customer_id": [10], "status": ["paid"], "ship_to": ["Zora"]}
    )
    kept = SPECS["sales.order_header"].kept
    assert stripped(order, pa.array([True]), kept).to_pylist() == [
        {"id": 1, "affiliate_customer_id": 10, "status": "paid", "ship_to": None}
    ]


def test_tombstones_need_their_key(settings: Settings, zone: LandingZone) -> None:
    erase(settings, zone)
    assert all(":" in mark and len(mark) > 64 for mark in tombstones.read(zone))
    (settings.home / "secrets" / "tombstone.key").unlink()
    with pytest.raises(ConfigurationError, match="would return"):
        Exclusion.of(zone)


def test_warehouse_lists_erased_records(settings: Settings, zone: LandingZone) -> None:
    load(settings, zone)
    erase(settings, zone)
    assert not settings.warehouse_path.exists()
    load(settings, zone)
    with open_warehouse(settings, read_only=True) as connection:
        found = connection.execute("from wh.raw.erased_record").fetchall()
    assert [row[:2] for row in found] == [ZORA]


def test_receipt_has_no_personal_value_and_needs_a_clean_search(
    settings: Settings, zone: LandingZone
) -> None:
    request = erase(settings, zone)
    forgotten = settings.home / "quality" / "note.txt"
    forgotten.parent.mkdir()
    forgotten.write_text(f"ask {HERS[1]}")
    with pytest.raises(AffiliateError, match=r"quality/note\.txt") as raised:
        erasing.finish(settings)
    assert HERS[1] not in str(raised.value)
    assert Requests(settings.erasures_path).open() == [request]

    forgotten.unlink()
    (receipt,) = erasing.finish(settings)

    assert receipt.residue == 0
    assert receipt.records == 2
    assert receipt.artefacts["oltp/affiliate.affiliate_customer"] == 2
    assert receipt.artefacts["quarantine/kafka"] == 3
    assert found_in(settings.erasures_path, HERS) == []
    assert erasing.request(settings, zone, ZORA, "affiliate", request_id="R-1") == receipt
    with pytest.raises(ConfigurationError, match="erased already"):
        erasing.request(settings, zone, ZORA, "affiliate")


def test_warehouse_with_remaining_values_is_rebuilt(settings: Settings, zone: LandingZone) -> None:
    erase(settings, zone)
    load(settings, zone)
    with open_warehouse(settings) as connection:
        connection.execute("create table wh.raw.left_over as select $1 as said", [HERS[1]])
    with pytest.raises(AffiliateError, match=r"is warehouse/warehouse\.duckdb"):
        erasing.finish(settings)
    load(settings, zone)
    (receipt,) = erasing.finish(settings)
    assert receipt.residue == 0


def test_event_becomes_a_request_that_waits_for_identity(
    settings: Settings, zone: LandingZone
) -> None:
    erasures = TOPIC["privacy.erasures"]
    told = [
        encoded(event("CustomerErased", ZORA, 1, scope="all", request_id="R-7")),
        encoded(event("CustomerErased", (1, 99), 2, scope="affiliate", request_id=HERS[1])),
    ]
    erasable.land_messages(zone, erasures.name, told)
    for _ in range(2):
        erasing.take_requests(settings, zone)
        erasing.erase_landed(settings, zone)

    known, unknown = sorted(Requests(settings.erasures_path).open(), key=lambda r: r.record)
    assert known.request_id.startswith("R-7-")
    assert (known.state, known.records) == ("landed", (ZORA, MISADDRESSED, ZORA_ELSEWHERE))
    assert unknown.request_id.startswith("event-")
    assert unknown.state == "requested"
    due = known.requested_at + timedelta(days=30)
    assert overdue([known, unknown], due, 30) == []
    assert overdue([known, unknown], due + timedelta(seconds=1), 30) == [known, unknown]


def test_delivery_gets_the_records_to_withdraw(settings: Settings, zone: LandingZone) -> None:
    delivered = [ZORA, ZORA_ELSEWHERE, NEIGHBOUR]
    assert to_withdraw(zone, delivered) == {}
    request = erase(settings, zone)
    assert to_withdraw(zone, delivered) == {ZORA: request.requested_at}
    later = request.requested_at + timedelta(seconds=1)
    assert to_withdraw(zone, delivered, since=later) == {}


def test_damaged_request_is_a_one_line_error(settings: Settings, zone: LandingZone) -> None:
    made = erasing.request(settings, zone, ZORA, "all")
    path = settings.erasures_path / f"{made.request_id}.json"
    path.write_text(json.dumps({"state": "resolved"}))
    with pytest.raises(AffiliateError, match="is damaged"):
        list(Requests(settings.erasures_path).all())
    assert not isinstance(made, Receipt)
