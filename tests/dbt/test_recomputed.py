"""The marts of customers and orders equal what is computed anew from the landed rows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt import recomputed_customers, recomputed_orders
from tests.dbt.dbt_warehouse import Warehouse
from tests.dbt.raw_world import RawWorld, Row

ENGINES = (0, 1)
OWN = ("affiliate_id", "affiliate_customer_id")
#: Said of the record or the person by identity, or made from several columns that are compared.
ELSEWHERE = {
    *("full_name", "email", "phone", "gender", "has_gender_conflict", "age", "age_as_of"),
    *("age_band", "birth_date_invalid", "country", "records_count", "affiliates_count"),
    *("first_affiliate_id", "known_from", "first_seen_at", "tenure_days", "updated_at"),
    *("preferred_affiliate_id", "first_channel", "last_channel", "preferred_channel", "tags"),
    *("rfm_segment", "oltp_total_purchase", "oltp_avg_ticket"),
    *("total_purchase_drift", "avg_ticket_drift"),
}
NAMES = ("email", "sms", "whatsapp", "phone", "profiling")
Mart = dict[tuple[Any, ...], Row]


@pytest.fixture(scope="module", params=ENGINES)
def warehouse(request: pytest.FixtureRequest, built: list[Warehouse]) -> Warehouse:
    """Each engine's warehouse."""
    return built[request.param]


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
    marts = mart(warehouse, "own.own_customer", OWN)
    rows = []
    for key, row in found.items():
        words = allowed[key]
        reach = marts[key]["email"] and "email" in words
        reach = reach or (marts[key]["phone"] and words & {"sms", "whatsapp", "phone"})
        said = {f"consent_{name}": name in words for name in NAMES}
        rows.append(dict(zip(OWN, key, strict=True)) | row | said | {"is_reachable": bool(reach)})
    compare(marts, rows, OWN)
    assert {True, False} == {row["is_reachable"] for row in rows}


def test_persons(
    warehouse: Warehouse, unified: list[Row], people: dict[tuple[int, int], str], world: RawWorld
) -> None:
    allowed = recomputed_customers.consents(world)
    reachable = mart(warehouse, "own.own_customer", OWN)
    persons = [(person,) for person in dict.fromkeys(people.values())]
    found = recomputed_customers.measures(persons, unified, ("customer_id",))
    rows = []
    for (person,), row in found.items():
        records = [key for key, owner in people.items() if owner == person]
        said: Row = {"is_reachable": any(reachable[key]["is_reachable"] for key in records)}
        for name in NAMES:
            said[f"consents_{name}"] = len({key[0] for key in records if name in allowed[key]})
        rows.append({"customer_id": person} | row | said)
    compare(mart(warehouse, "marts.customer", ("customer_id",)), rows, ("customer_id",))


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
