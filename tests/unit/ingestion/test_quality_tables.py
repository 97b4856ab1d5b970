"""Suites of the tables: good batches pass, broken ones are held, dirt only warns."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from contracts.tables import TABLES, TableSpec
from ingestion.landing import LandingZone
from ingestion.quality import QualityReport, validate_batches
from ingestion.quality.rules import QualityRule
from ingestion.quality.suites import table_suite
from ingestion.quality.table_rules import key_rules
from tests.support.landed_tables import (
    CUSTOMER,
    MARKER,
    NOW,
    NUMBER,
    SPECS,
    Row,
    bad_rows,
    deletes,
    good_rows,
    land_rows,
)

ITEM, PRODUCT = SPECS["sales.order_item"], SPECS["sales.product"]


#: What holds a batch of a table, besides missing keys and owners, and versions without a time.
HELD_FOR = {
    "affiliate.affiliate": ["slug", "status"],
    "affiliate.affiliate_customer": ["total_purchase", "avg_ticket"],
    "affiliate.affiliate_customer_tag": ["affiliate_customer_id", "tag"],
    "affiliate.app_user": ["role"],
    "sales.product": ["unit_price", "unit_price"],
    "sales.order_header": [
        "discount_amount",
        "tax_amount",
        "shipping_amount",
        "total_amount",
        "status",
    ],
    "sales.order_item": [
        "unit_price",
        "discount_amount",
        "refunded_amount",
        "order_id",
        "product_id",
        "quantity",
        "quantity",
        "quantity, refunded_quantity",
        "unit_price",
        "refunded_quantity",
    ],
}


def errors(spec: TableSpec) -> list[QualityRule]:
    rules = (*key_rules(spec), *table_suite(spec, NOW))
    return [rule for rule in rules if rule.severity == "error"]


def validated(zone: LandingZone, pages: Path, spec: TableSpec, rows: list[Row]) -> QualityReport:
    land_rows(zone, spec, rows)
    (found,) = validate_batches(zone, pages, now=NOW)
    return found


def failed(found: QualityReport) -> set[tuple[str, tuple[str, ...]]]:
    return {(r.expectation, r.columns) for r in found.results if not r.success}


@pytest.mark.parametrize("spec", TABLES, ids=lambda spec: spec.name)
def test_error_rules_are_as_listed(spec: TableSpec) -> None:
    owner = [] if spec.name in ("affiliate", "affiliate_detail") else ["affiliate_id"]
    assert [", ".join(rule.columns) for rule in errors(spec)] == [
        *(2 * spec.primary_key),
        *owner,
        *HELD_FOR.get(spec.qualified, []),
        "updated_at",
        "_issues",
    ]


@pytest.mark.parametrize("spec", TABLES, ids=lambda spec: spec.name)
def test_valid_rows_pass_all_rules(spec: TableSpec, zone: LandingZone, pages: Path) -> None:
    found = validated(zone, pages, spec, good_rows(spec, 120))
    assert failed(found) == set()
    assert (found.outcome, found.reasons) == ("passed", ())
    assert sum(r.severity == "error" for r in found.results) == len(errors(spec))
    assert all(r.evaluated for r in found.results)


@pytest.mark.parametrize("spec", TABLES, ids=lambda spec: spec.name)
def test_all_errors_are_found_without_revealing_values(
    spec: TableSpec, zone: LandingZone, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found = validated(zone, pages, spec, bad_rows(spec, 150))
    held = [(r.expectation, r.columns) for r in found.results if r.held]
    assert held == [(rule.expectation, rule.columns) for rule in errors(spec)]
    assert found.outcome == "held"
    assert len(found.reasons) == len(held)
    assert all(r.evaluated for r in found.results)
    assert [(v.outcome, v.reasons) for v in zone.held()] == [("held", found.reasons)]
    told = [repr(found), caplog.text, *(p.read_text() for p in pages.rglob("*") if p.is_file())]
    assert len(told) > 4
    for text in told:
        assert MARKER not in text
        assert str(NUMBER) not in text


@pytest.mark.parametrize("spec", [ITEM, PRODUCT, CUSTOMER], ids=lambda spec: spec.name)
def test_small_batch_is_held_only_for_key_errors(
    spec: TableSpec, zone: LandingZone, pages: Path
) -> None:
    dirty = bad_rows(spec, 99)[3:]
    assert validated(zone, pages, spec, dirty).outcome == "passed"
    land_rows(zone, spec, [*good_rows(spec, 1), *good_rows(spec, 1)])
    (found,) = validate_batches(zone, pages, now=NOW)
    (reason,) = found.reasons
    assert reason.startswith(f"oltp/{spec.qualified}: id: 2 of 2 rows (100.0%) failed; expected ")
    assert reason.endswith("; fix the source, or accept the batch")


def test_user_input_and_wrong_clocks_never_hold_a_batch(zone: LandingZone, pages: Path) -> None:
    rows = good_rows(CUSTOMER, 200)
    odd: list[Row] = [
        {"email": "N/A", "phone": "n/a", "country": "??", "postal_code": "?"},
        {"birth_date": date(1, 1, 1), "email": "N/A"},
        {"birth_date": date(9999, 12, 31), "email": "'; DROP TABLE x--"},
        {"updated_at": datetime(9999, 1, 1, tzinfo=UTC), "email": "=cmd()"},
        {"updated_at": datetime(1, 1, 1, tzinfo=UTC), "email": ""},
    ]
    found = validated(zone, pages, CUSTOMER, [r | odd[i % 5] for i, r in enumerate(rows)])
    assert found.outcome == "passed"
    assert {r.columns for r in found.warnings} >= {
        ("email",),
        ("phone",),
        ("birth_date",),
        ("age_hours",),
    }


def test_a_few_wrong_amounts_warn(zone: LandingZone, pages: Path) -> None:
    rows = good_rows(ITEM, 200)
    for row in rows[:5]:
        row |= {"unit_price": None, "quantity": 0, "refunded_quantity": 9}
    found = validated(zone, pages, ITEM, rows)
    assert found.outcome == "passed"
    counts = {r.columns: (r.unexpected, r.rows, r.missing) for r in found.warnings}
    assert counts == {
        ("unit_price",): (5, 200, None),
        ("quantity",): (5, 200, 0),
        ("quantity", "refunded_quantity"): (5, 200, 0),
    }


def test_only_keys_of_deletes_are_validated(zone: LandingZone, pages: Path) -> None:
    found = validated(zone, pages, ITEM, deletes(ITEM, range(1, 200)))
    assert (found.outcome, {r.kind for r in found.results}) == ("passed", {"keys"})
    both = [*good_rows(ITEM, 3), *deletes(ITEM, [2])]
    land_rows(zone, ITEM, both, mode="delta")
    (found,) = validate_batches(zone, pages, now=NOW)
    assert failed(found) == {("ExpectColumnValuesToBeUnique", ("id",))}
    assert found.outcome == "held"


def test_old_and_future_rows_warn(zone: LandingZone, pages: Path) -> None:
    rows = good_rows(CUSTOMER, 10)
    stale = [row | {"updated_at": NOW - timedelta(days=8)} for row in rows]
    found = validated(zone, pages, CUSTOMER, stale)
    assert [(r.kind, r.observed) for r in found.warnings] == [("freshness", 8 * 24)]
    ahead = [row | {"updated_at": NOW + timedelta(hours=3)} for row in rows]
    land_rows(zone, CUSTOMER, ahead, mode="delta")
    (found,) = validate_batches(zone, pages, now=NOW)
    assert [(r.kind, r.unexpected) for r in found.warnings] == [("freshness", 10)]


def test_named_source_is_a_separate_dataset(zone: LandingZone, pages: Path) -> None:
    rows = good_rows(CUSTOMER, 10)
    land_rows(zone, CUSTOMER, rows)
    land_rows(zone, CUSTOMER, [*rows, rows[0]], source="@north")
    assert [(r.dataset, r.outcome) for r in validate_batches(zone, pages, now=NOW)] == [
        ("oltp/affiliate.affiliate_customer", "passed"),
        ("oltp/affiliate.affiliate_customer@north", "held"),
    ]
