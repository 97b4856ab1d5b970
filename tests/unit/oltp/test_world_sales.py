"""Orders must add up, or the marts cannot be judged by them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from tests.unit.oltp.drawn_world import DrawnWorld

STATUSES = {
    "created",
    "paid",
    "shipped",
    "delivered",
    "cancelled",
    "returned",
    "partially_refunded",
    "refunded",
    "chargeback",
    "test",
}


@pytest.fixture(scope="module")
def sales(world: DrawnWorld) -> duckdb.DuckDBPyConnection:
    """Tables `headers`, `items`, `customers` in a DuckDB of this module's own."""
    connection = duckdb.connect()
    for name, table in (
        ("headers", "sales.order_header"),
        ("items", "sales.order_item"),
        ("customers", "affiliate.affiliate_customer"),
    ):
        connection.register(name, world.chunk.tables[table])
    return connection


def number(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def test_number_of_orders_is_close_to_the_spec(
    sales: duckdb.DuckDBPyConnection, world: DrawnWorld
) -> None:
    per_customer = number(sales, "select count(*) from headers where affiliate_customer_id > 0")
    assert per_customer / len(world.records.id) == pytest.approx(3.0, rel=0.1)
    guests = number(sales, "select avg((affiliate_customer_id is null)::int) from headers")
    assert 0.03 < guests < 0.05


def test_every_status_occurs(sales: duckdb.DuckDBPyConnection) -> None:
    found = sales.execute("select distinct status from headers").fetchall()
    assert {status for (status,) in found} == STATUSES


def test_order_totals_are_the_sum_of_lines_with_few_exceptions(
    sales: duckdb.DuckDBPyConnection,
) -> None:
    wrong = number(
        sales,
        """
        select avg((total_amount <> lines - discount_amount + tax_amount + shipping_amount)::int)
        from headers join (
            select order_id, sum(quantity * unit_price - discount_amount) as lines
            from items group by 1
        ) on order_id = id
        """,
    )
    assert 0 < wrong < 0.01


def test_refunds_never_exceed_payments(sales: duckdb.DuckDBPyConnection) -> None:
    assert not sales.execute(
        "select 1 from items where refunded_amount > quantity * unit_price - discount_amount "
        "or refunded_quantity > quantity"
    ).fetchall()


def test_refunds_follow_the_status(sales: duckdb.DuckDBPyConnection) -> None:
    shares = dict(
        sales.execute(
            """
            select status, sum(refunded_amount) / sum(quantity * unit_price - items.discount_amount)
            from items join headers on headers.id = order_id group by 1
            """
        ).fetchall()
    )
    assert shares["refunded"] == shares["returned"] == 1
    assert 0.1 < shares["partially_refunded"] < 0.6
    assert shares["delivered"] == 0


def test_orders_without_lines_exist(sales: duckdb.DuckDBPyConnection) -> None:
    free = number(sales, "select avg((total_amount = 0)::int) from headers")
    assert 0.002 < free < 0.01


def test_an_affiliate_has_one_main_currency(sales: duckdb.DuckDBPyConnection) -> None:
    share = number(
        sales,
        "select min(n / total) from (select max(n) as n, sum(n) as total from "
        "(select affiliate_id, currency, count(*) as n from headers group by all) "
        "group by affiliate_id)",
    )
    assert 0.95 < share < 1


def test_a_few_stored_totals_differ_from_the_orders(sales: duckdb.DuckDBPyConnection) -> None:
    drifted = number(
        sales,
        """
        select avg((total_purchase <> coalesce(bought, 0))::int) from customers left join (
            select affiliate_customer_id, sum(total_amount) as bought from headers
            where status in ('paid', 'shipped', 'delivered', 'partially_refunded') group by 1
        ) on affiliate_customer_id = id
        """,
    )
    assert 0.01 < drifted < 0.05


def test_products_belong_to_the_affiliate_of_the_order(world: DrawnWorld) -> None:
    owner = dict(
        zip(
            world.beginning.stock.table["id"].to_pylist(),
            world.beginning.stock.table["affiliate_id"].to_pylist(),
            strict=True,
        )
    )
    items = world.chunk.tables["sales.order_item"]
    pairs = zip(items["product_id"].to_pylist(), items["affiliate_id"].to_pylist(), strict=True)
    assert all(owner[product] == affiliate for product, affiliate in pairs)


def test_no_row_is_later_than_the_end_of_the_world(world: DrawnWorld) -> None:
    until: datetime = world.beginning.spec.until
    for name, table in world.chunk.tables.items():
        for moment in ("created_at", "updated_at"):
            assert max(table[moment].to_pylist()) < until, name


def test_tags_have_many_spellings_and_some_contain_personal_data(world: DrawnWorld) -> None:
    tags = Counter(world.chunk.tables["affiliate.affiliate_customer_tag"]["tag"].to_pylist())
    assert {"vip", "VIP", "V.I.P."} <= set(tags)
    assert any(tag.startswith("call ") for tag in tags)
    assert "diabetic" in tags
    assert not any("{" in tag for tag in tags)


def test_accepted_invites_reference_a_customer_of_their_affiliate(world: DrawnWorld) -> None:
    affiliate = dict(zip(world.records.id.tolist(), world.records.affiliate.tolist(), strict=True))
    invites = world.chunk.tables["affiliate.customer_invite"].to_pylist()
    accepted = [invite for invite in invites if invite["accepted_at"]]
    assert 0.3 < len(accepted) / len(invites) < 0.6
    for invite in accepted:
        assert affiliate[invite["affiliate_customer_id"]] == invite["affiliate_id"]
        assert invite["invited_at"] <= invite["accepted_at"]


def test_affiliates_have_time_zones_and_currencies_and_some_are_inactive(world: DrawnWorld) -> None:
    table = world.beginning.affiliate_tables["affiliate.affiliate"]
    assert table["status"].to_pylist() == ["active"] * 3 + ["paused", "closed"]
    assert len(set(table["time_zone"].to_pylist())) == 5
    assert len(set(table["currency"].to_pylist())) == 4


def test_prices_have_two_decimals(world: DrawnWorld) -> None:
    prices = world.beginning.stock.table["unit_price"].to_pylist()
    assert all(isinstance(price, Decimal) and price > 0 for price in prices)
