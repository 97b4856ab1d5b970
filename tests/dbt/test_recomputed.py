"""The marts of customers and orders equal what is computed anew from the landed rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt import recomputed_customers, recomputed_orders
from tests.dbt.dbt_warehouse import Warehouse
from tests.dbt.raw_world import AS_OF, RawWorld, Row

OWN = ("affiliate_id", "affiliate_customer_id")
#: Said of the record or the person by identity, or compared in test_recomputed_marts.
ELSEWHERE = {
    *("full_name", "email", "phone", "gender", "has_gender_conflict", "birth_date_invalid"),
    *("country", "first_affiliate_id", "known_from", "first_seen_at", "updated_at"),
    *("first_channel", "last_channel", "preferred_channel", "tags"),
}
TOTALS = ("total_purchase", "avg_ticket")
NAMES = ("email", "sms", "whatsapp", "phone", "profiling")
Mart = dict[tuple[Any, ...], Row]


@pytest.fixture(scope="module")
def people(warehouse: Warehouse) -> dict[tuple[int, int], str]:
    """Record → person."""
    found = warehouse.query(
        "select affiliate_id, affiliate_customer_id, customer_id from identity.customer_xref"
    )
    return {(affiliate, record): person for affiliate, record, person in found}


@pytest.fixture(scope="module")
def headers(
    warehouse: Warehouse, people: dict[tuple[int, int], str], world: RawWorld
) -> dict[tuple[int, int], Row]:
    """Orders of the landed rows, also those to come."""
    erased = warehouse.query(
        "select affiliate_id, affiliate_customer_id from identity.erased_records"
    )
    kinds = dict.fromkeys(people, "known") | dict.fromkeys(erased, "erased")
    return recomputed_orders.headers(world, kinds)


@pytest.fixture(scope="module")
def lines(headers: dict[tuple[int, int], Row], world: RawWorld) -> list[Row]:
    """Their lines."""
    return recomputed_orders.lines(world, headers)


@pytest.fixture(scope="module")
def orders(headers: dict[tuple[int, int], Row], lines: list[Row]) -> list[Row]:
    """Those that happened, in the sequence of their records."""
    return recomputed_orders.orders(headers, lines)


@pytest.fixture(scope="module")
def unified(orders: list[Row], people: dict[tuple[int, int], str]) -> list[Row]:
    """The same in the sequence of the persons."""
    found = [row | {"customer_id": people.get(_key(row, OWN))} for row in orders]
    recomputed_orders.number_sales(found, ("customer_id",))
    firsts: set[Any] = set()
    for row in sorted(found, key=lambda row: (row["ordered_at"], row["order_id"])):
        at = (row["customer_id"], row["affiliate_id"])
        row["is_first_with_affiliate"] = None if row["order_seq"] is None else at not in firsts
        firsts |= {at} if row["order_seq"] else set()
    return found


def test_orders(warehouse: Warehouse, orders: list[Row], unified: list[Row]) -> None:
    key = ("affiliate_id", "order_id")
    compare(mart(warehouse, "own.own_customer_orders", key), orders, key)
    compare(mart(warehouse, "marts.customer_orders", key), unified, key)


def test_status_history(warehouse: Warehouse, unified: list[Row], world: RawWorld) -> None:
    expected = recomputed_orders.status_history(world, unified)
    assert {1, 2, 3} <= {row["interval_no"] for row in expected}
    key = ("affiliate_id", "order_id", "interval_no")
    for table in ("own.own_order_status_history", "marts.order_status_history"):
        compare(mart(warehouse, table, key), expected, key)


def test_lines(warehouse: Warehouse, lines: list[Row], people: dict[tuple[int, int], str]) -> None:
    key = ("affiliate_id", "order_item_id")
    named = [row | {"customer_id": people.get(_key(row, OWN))} for row in lines]
    compared = {"refund_amount", "net_amount", "discount_amount", "commission_reversed"}
    for table in ("own.own_customer_order_items", "marts.customer_order_items"):
        found = mart(warehouse, table, key)
        assert compared <= compare(found, named, key, of_mart=False)


def test_customers_of_an_affiliate(
    warehouse: Warehouse, orders: list[Row], people: dict[tuple[int, int], str], world: RawWorld
) -> None:
    allowed = recomputed_customers.consents(world)
    found = recomputed_customers.measures(list(people), orders, OWN)
    born = _born(warehouse, "int_identity__normalised_records", OWN)
    kept = _kept_totals(world)
    marts = mart(warehouse, "own.own_customer", OWN)
    rows = []
    for key, row in found.items():
        words = allowed[key]
        reach = marts[key]["email"] and "email" in words
        reach = reach or (marts[key]["phone"] and words & {"sms", "whatsapp", "phone"})
        said = {f"consent_{name}": name in words for name in NAMES}
        said |= {"is_reachable": bool(reach)} | _at_the_end(row, born[key], marts[key])
        for name in TOTALS:
            stored = kept[key].get(name)
            is_known = stored is not None and row[name] is not None
            said[f"oltp_{name}"] = stored
            said[f"{name}_drift"] = stored - row[name] if is_known else None
        rows.append(dict(zip(OWN, key, strict=True)) | row | said)
    compare(marts, rows, OWN)
    assert {True, False} == {row["is_reachable"] for row in rows}


def test_persons(
    warehouse: Warehouse,
    orders: list[Row],
    unified: list[Row],
    people: dict[tuple[int, int], str],
    world: RawWorld,
) -> None:
    allowed = recomputed_customers.consents(world)
    reachable = mart(warehouse, "own.own_customer", OWN)
    persons = [(person,) for person in dict.fromkeys(people.values())]
    found = recomputed_customers.measures(persons, unified, ("customer_id",))
    of_records = recomputed_customers.measures(list(people), orders, OWN)
    born = _born(warehouse, "int_identity__customer_attributes", ("customer_id",))
    marts = mart(warehouse, "marts.customer", ("customer_id",))
    rows = []
    for (person,), row in found.items():
        records = [key for key, owner in people.items() if owner == person]
        said: Row = {"is_reachable": any(reachable[key]["is_reachable"] for key in records)}
        for name in NAMES:
            said[f"consents_{name}"] = len({key[0] for key in records if name in allowed[key]})
        said["records_count"] = len(records)
        said["affiliates_count"] = len({affiliate for affiliate, _ in records})
        said["preferred_affiliate_id"] = recomputed_customers.preferred_affiliate(
            [(affiliate, of_records[affiliate, number]) for affiliate, number in records]
        )
        said |= _at_the_end(row, born[person,], marts[person,])
        rows.append({"customer_id": person} | row | said)
    compare(marts, rows, ("customer_id",))
    assert len({row["preferred_affiliate_id"] for row in rows}) > 2
    assert len({row["age_band"] for row in rows}) > 2
    assert len({row["rfm_segment"] for row in rows}) > 2


def _at_the_end(row: Row, born: date | None, said: Row) -> Row:
    """What is relative to the end, or follows from the scores."""
    tenure = (AS_OF - said["first_seen_at"]).days
    segment = recomputed_customers.segment(row)
    at_the_end = {"age_as_of": AS_OF, "tenure_days": tenure, "rfm_segment": segment}
    return at_the_end | recomputed_customers.age(born)


def _born(warehouse: Warehouse, model: str, key: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    """Birth dates as identity knows them."""
    found = warehouse.query(f"select birth_date, {', '.join(key)} from identity.{model}")
    return {row[1:]: row[0] for row in found}


def _kept_totals(world: RawWorld) -> dict[tuple[Any, ...], Row]:
    """What the OLTP itself says that its customers bought."""
    found: dict[tuple[Any, ...], Row] = defaultdict(dict)
    for row in recomputed_orders.last_rows(world, "affiliate_customer"):
        if not row["is_deleted"]:
            totals = {name: Decimal(row[name]) for name in TOTALS if row.get(name) is not None}
            found[row["affiliate_id"], row["id"]] = totals
    return found


def mart(warehouse: Warehouse, table: str, key: tuple[str, ...]) -> Mart:
    """Rows of a mart by key."""
    schema, _, name = table.partition(".")
    columns = [
        row[0]
        for row in warehouse.query(
            "select column_name from information_schema.columns"
            f" where table_schema = '{schema}' and table_name = '{name}' order by ordinal_position"
        )
    ]
    found = warehouse.query(f"select {', '.join(columns)} from {table}")
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return {_key(row, key): row for row in rows}


def compare(
    found: Mart, expected: list[Row], key: tuple[str, ...], *, of_mart: bool = True
) -> set[str]:
    """All rows, column by column; with `of_mart` every column of the mart must be computed.

    Returns:
        The columns compared.
    """
    assert sorted(found) == sorted(_key(row, key) for row in expected)
    columns = set(next(iter(found.values()))) - ELSEWHERE
    computed = columns & set(expected[0])
    if of_mart:
        assert columns - computed == set()
    differing = [
        (_key(row, key), column, found[_key(row, key)][column], row[column])
        for row in expected
        for column in sorted(computed)
        if found[_key(row, key)][column] != row[column]
    ]
    assert differing == []
    return computed


def _key(row: Row, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row[column] for column in columns)
