"""Changes of existing rows during a day: updates, deletions, order status, refunds.

Which rows it hits follows from their ids and the day, so that a world evolves the same every time.
"""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pyarrow as pa

from oltp.world import load
from oltp.world.orders import VALID
from oltp.world.randomness import Indices
from oltp.world.window import Window
from oltp.world.writer import Writer

CUSTOMER, TAG = "affiliate.affiliate_customer", "affiliate.affiliate_customer_tag"
PRODUCT, ORDER, LINE = "sales.product", "sales.order_header", "sales.order_item"

#: Parameters of every statement: the day's number and its start.
TAGS_GO = """
delete from affiliate.affiliate_customer_tag
where mod(id * 7919 + %(day)s * 104729, 1000) < 2 and created_at < %(start)s
"""
PRICES_RISE = """
update sales.product set unit_price = round(unit_price * 1.05, 2)
where mod(id + %(day)s * 7, 100) = 0
"""
ORDERS_MOVE = """
update sales.order_header
set status = case
    when status <> 'shipped' and mod(id * 7919 + %(day)s * 104729, 100) < 2 then 'cancelled'
    when status = 'created' then 'paid'
    when status = 'paid' then 'shipped'
    else 'delivered'
end
where status in ('created', 'paid', 'shipped')
and ordered_at < %(start)s and mod(id * 7919 + %(day)s * 104729, 100) < 25
"""
ORDERS_COME_BACK = """
create temporary table came_back on commit drop as
select id, affiliate_id, mod(id * 7919 + %(day)s * 104729, 1000) < 6 as entirely
from sales.order_header
where status = 'delivered' and mod(id * 7919 + %(day)s * 104729, 1000) < 10
and ordered_at between %(start)s - interval '30 days' and %(start)s
"""
LINES_REFUNDED = """
update sales.order_item as i
set refunded_quantity = case when b.entirely then i.quantity else 0 end,
    refunded_amount = round(
        (i.quantity * i.unit_price - coalesce(i.discount_amount, 0))
        / case when b.entirely then 1 else 2 end, 2)
from came_back as b where b.id = i.order_id and b.affiliate_id = i.affiliate_id
"""
ORDERS_REFUNDED = """
update sales.order_header as h
set status = case when b.entirely then 'refunded' else 'partially_refunded' end
from came_back as b where b.id = h.id
"""
CHANGE = """
update affiliate.affiliate_customer as c
set full_name = coalesce(n.full_name, c.full_name), email = coalesce(n.email, c.email),
    postal_code = coalesce(n.postal_code, c.postal_code)
from changed_customer as n where n.id = c.id
"""
TOTALS = """
update affiliate.affiliate_customer as c
set total_purchase = o.total, avg_ticket = round(o.mean, 2)
from (
    select
        affiliate_id, affiliate_customer_id,
        sum(total_amount) as total, avg(total_amount) as mean
    from sales.order_header
    where affiliate_customer_id = any(%s) and status = any(%s)
    group by affiliate_id, affiliate_customer_id
) as o where o.affiliate_id = c.affiliate_id and o.affiliate_customer_id = c.id
"""


def set_clock(connection: psycopg.Connection, window: Window) -> None:
    """Set the last minute of the day as `updated_at` of all rows that the transaction updates."""
    last_minute = datetime.fromtimestamp(window.end / 1_000_000 - 60, UTC)
    connection.execute("select set_config('affiliate.clock', %s, true)", [last_minute.isoformat()])


def daily(writer: Writer, window: Window, day: int) -> None:
    """Delete tags, raise prices, and advance, return or cancel orders."""
    start = datetime.fromtimestamp(window.start / 1_000_000, UTC)
    parameters = {"day": day, "start": start}
    connection = writer.connection
    connection.execute(ORDERS_COME_BACK, parameters)
    for table, statement in (
        (TAG, TAGS_GO),
        (PRODUCT, PRICES_RISE),
        (LINE, LINES_REFUNDED),
        (ORDER, ORDERS_REFUNDED),
        (ORDER, ORDERS_MOVE),
    ):
        writer.count_rows(table, connection.execute(statement, parameters).rowcount)


def change_customers(writer: Writer, ids: Indices, new: dict[str, pa.Array]) -> None:
    """Overwrite values; null keeps the old value."""
    connection = writer.connection
    connection.execute(
        "create temporary table changed_customer "
        "(id bigint, full_name text, email text, postal_code text) on commit drop"
    )
    load.copy(connection, "changed_customer", pa.table({"id": ids, **new}))
    writer.count_rows(CUSTOMER, connection.execute(CHANGE).rowcount)


def delete_customers(writer: Writer, ids: Indices) -> None:
    """Delete customers and their tags; their orders stay."""
    gone = [ids.tolist()]
    for table, statement in (
        (
            TAG,
            b"delete from affiliate.affiliate_customer_tag where affiliate_customer_id = any(%s)",
        ),
        (CUSTOMER, b"delete from affiliate.affiliate_customer where id = any(%s)"),
    ):
        writer.count_rows(table, writer.connection.execute(statement, gone).rowcount)


def refresh_totals(writer: Writer, ids: Indices) -> None:
    """Update the stored totals of customers from their orders."""
    parameters = [ids.tolist(), list(VALID)]
    writer.count_rows(CUSTOMER, writer.connection.execute(TOTALS, parameters).rowcount)


def present_customers(connection: psycopg.Connection, ids: Indices) -> set[int]:
    """Return the IDs that are still in the table."""
    statement = "select id from affiliate.affiliate_customer where id = any(%s)"
    return {id_ for (id_,) in connection.execute(statement, [ids.tolist()])}
