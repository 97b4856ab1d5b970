"""Load Arrow tables into PostgreSQL by COPY, without indexes and keys during the load."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pyarrow as pa
import pyarrow.csv
from psycopg import sql

from core.errors import AffiliateError
from oltp.world.chunk import Counters

#: All constraints that cost time per row, in the order in which they can be dropped.
KEYS = """
select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
from pg_constraint
where contype in ('f', 'u') and connamespace in ('affiliate'::regnamespace, 'sales'::regnamespace)
order by contype, oid
"""
INDEXES = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid)
from pg_index join pg_class on pg_class.oid = indexrelid
where relnamespace in ('affiliate'::regnamespace, 'sales'::regnamespace)
and not exists (select from pg_constraint where conindid = indexrelid)
order by indexrelid
"""
GROWING_TABLES = (
    "affiliate.affiliate_customer",
    "affiliate.affiliate_customer_tag",
    "affiliate.customer_invite",
    "sales.order_header",
    "sales.order_item",
)
CSV = pa.csv.WriteOptions(include_header=False, quoting_style="needed")


def identifier(table: str) -> sql.Identifier:
    """`schema.table` as an SQL identifier."""
    return sql.Identifier(*table.split("."))


@contextmanager
def bare_tables(connection: psycopg.Connection) -> Iterator[None]:
    """Drop all keys and indexes except primary keys, and restore them at the end.

    Checking a key once over the whole table is many times faster than once a row. It all happens
    in the caller's transaction: other sessions never see the bare tables.
    """
    keys = connection.execute(KEYS).fetchall()
    indexes = connection.execute(INDEXES).fetchall()
    for table, name, _ in keys:
        connection.execute(f"alter table {table} drop constraint {name}".encode())
    for name, _ in indexes:
        connection.execute(f"drop index {name}".encode())
    yield
    connection.execute("set local maintenance_work_mem = '256MB'")
    for _, definition in indexes:
        connection.execute(definition.encode())
    for table, name, definition in reversed(keys):
        connection.execute(f"alter table {table} add constraint {name} {definition}".encode())


def copy(connection: psycopg.Connection, table: str, rows: pa.Table) -> None:
    """Appends rows to `schema.table`; column names are those of the Arrow table."""
    buffer = io.BytesIO()
    pa.csv.write_csv(rows, buffer, CSV)
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(buffer.getbuffer())


def refuse_if_bound(connection: psycopg.Connection) -> None:
    """Refuse a role that is subject to row-level security, which could not fill the tables.

    Raises:
        AffiliateError: it is such a role, or there are no tables.
    """
    try:
        bound = connection.execute("select row_security_active('affiliate.affiliate')").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise AffiliateError("the OLTP has no tables yet: migrate it first") from error
    if bound and bound[0]:
        raise AffiliateError(
            "the OLTP's role is bound by row-level security: connect as a superuser or as a role "
            "with BYPASSRLS"
        )


def next_id(connection: psycopg.Connection, table: str) -> int:
    """The id that the table would generate next; locks it against other writers."""
    lock = sql.SQL("lock table {} in share row exclusive mode")
    connection.execute(lock.format(identifier(table)))
    statement = "select coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')), 0) + 1"
    row = connection.execute(statement, [table]).fetchone()
    return int(row[0]) if row else 1


def continue_ids(connection: psycopg.Connection, counters: Counters) -> None:
    """Set the sequences of growing tables to the next unused IDs.

    Customers known from events alone hold ids above the table's: generated ones come after them.
    """
    following = (
        max(counters.customer, counters.event_only),
        counters.tag,
        counters.invite,
        counters.order,
        counters.item,
    )
    for table, number in zip(GROWING_TABLES, following, strict=True):
        continue_ids_after(connection, table, number - 1)


def continue_ids_after(connection: psycopg.Connection, table: str, last: int) -> None:
    """Makes the table's next generated id `last + 1`."""
    connection.execute(
        "select setval(pg_get_serial_sequence(%s, 'id'), %s, %s)", [table, max(last, 1), last > 0]
    )
