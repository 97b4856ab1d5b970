"""The tables that are read: customers with realistic texts, a wide table and a narrow one."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from contracts.tables import (
    BIGINT,
    BOOLEAN,
    DATE,
    INTEGER,
    MONEY,
    TABLES,
    TEXT,
    TIMESTAMP,
    TableSpec,
)

CUSTOMERS = "affiliate.affiliate_customer"
SCHEMA = "bench"
AFFILIATES = 20
#: Spreads neighbouring ids; a prime, so no two collide within the ranges used here.
STEP = 7919

_FIRST = "{Anna,Bruno,Carla,Diego,Elena,Farid,Giulia,Hugo,Ines,Jonas,Katarzyna,Liam,Mei,Noah}"
_LAST = "{García,Müller,Silva,Novák,Rossi,Kowalska,Andersson,Öztürk,Nguyen,van den Berg,Smith}"

#: Raw type → SQL of a value of it, for row `i` and column `c` of the wide table.
_WIDE_VALUES = {
    TEXT: f"case when (i + {{c}}) % 5 > 0 then 'value ' || (i * {STEP} + {{c}}) % 10007 end",
    BIGINT: f"(i * {STEP} + {{c}})",
    INTEGER: f"((i * {STEP} + {{c}}) % 1000000)::integer",
    MONEY: f"((i * {STEP} + {{c}}) % 1000000 / 100.0)::numeric(18, 2)",
    BOOLEAN: "((i + {c}) % 2 = 0)",
    DATE: f"(date '2000-01-01' + ((i * {STEP} + {{c}}) % 9000)::int)",
}
_WIDE_TYPES = (
    [TEXT] * 40 + [BIGINT] * 12 + [INTEGER] * 15 + [MONEY] * 20 + [BOOLEAN] * 5 + [DATE] * 5
)
_AUDIT = (
    "timestamptz '2020-01-01' + i * interval '83.123456 seconds' as created_at, "
    "timestamptz '2020-01-01' + i * interval '83.654321 seconds' as updated_at"
)


@dataclass(frozen=True)
class BenchTable:
    """One table to read.

    Attributes:
        name: `schema.table`.
        columns: (name, raw type), primary key `id` first, audit columns left out.
        rows: Number of rows.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int

    @property
    def all_columns(self) -> tuple[tuple[str, str], ...]:
        """`columns` and the audit columns."""
        return (*self.columns, ("created_at", TIMESTAMP), ("updated_at", TIMESTAMP))


def add_customers(dsn: str, rows: int) -> BenchTable:
    """Adds customers to the OLTP's own table, with the guards and indexes it has."""
    spec = next(table for table in TABLES if table.qualified == CUSTOMERS)
    names = ", ".join(name for name, _ in spec.all_columns)
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "insert into affiliate.affiliate (slug) select 'bench-' || i "
            "from generate_series(1, %s) as i on conflict do nothing",
            [AFFILIATES],
        )
        start = connection.execute(f"select coalesce(max(id), 0) from {CUSTOMERS}").fetchall()[0][0]
        # two million look-ups of a foreign key that holds by construction
        connection.execute("set session_replication_role = replica")
        connection.execute(
            f"insert into {CUSTOMERS} ({names}) {_customers(start + 1, start + rows)}"
        )
    _settle(dsn, CUSTOMERS)
    return BenchTable(CUSTOMERS, _pairs(spec), start + rows)


def make_customers(dsn: str, name: str, rows: int) -> BenchTable:
    """A table of its own with the customers' columns."""
    spec = next(table for table in TABLES if table.qualified == CUSTOMERS)
    table = BenchTable(f"{SCHEMA}.{name}", _pairs(spec), rows)
    return _make(dsn, table, _customers(1, rows))


def _pairs(spec: TableSpec) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, column.type) for column in spec.columns)


def make_wide(dsn: str, rows: int) -> BenchTable:
    """A hundred columns of every type."""
    columns = tuple((f"c{c:02}", raw) for c, raw in enumerate(_WIDE_TYPES, 1))
    table = BenchTable(f"{SCHEMA}.wide", (("id", BIGINT), *columns), rows)
    values = ", ".join(
        f"{_WIDE_VALUES[raw].format(c=c)} as {name}" for c, (name, raw) in enumerate(columns)
    )
    return _make(
        dsn, table, f"select i as id, {values}, {_AUDIT} from generate_series(1::bigint, {rows}) i"
    )


def make_narrow(dsn: str, rows: int) -> BenchTable:
    """A key and the two audit columns."""
    table = BenchTable(f"{SCHEMA}.narrow", (("id", BIGINT),), rows)
    return _make(dsn, table, f"select i as id, {_AUDIT} from generate_series(1::bigint, {rows}) i")


def _make(dsn: str, table: BenchTable, query: str) -> BenchTable:
    with psycopg.connect(dsn) as connection:
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(f"grant usage on schema {SCHEMA} to platform_reader")
        connection.execute(f"create table {table.name} as {query}")
        connection.execute(f"alter table {table.name} add primary key (id)")
        connection.execute(f"grant select on {table.name} to platform_reader")
    _settle(dsn, table.name)
    return table


def _settle(dsn: str, name: str) -> None:
    """What autovacuum would do at a moment of its own choice, amid a measurement."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"vacuum (analyze) {name}")
        connection.execute(f"alter table {name} set (autovacuum_enabled = false)")
        connection.execute("checkpoint")


def _customers(first: int, last: int) -> str:
    """SELECT of customers with these ids."""
    return f"""
select i as id, 1 + i % {AFFILIATES} as affiliate_id, first || ' ' || last as full_name,
    lower(first) || '.' || i || '@mail' || i % 40 || '.example.org' as email,
    case when i % 10 < 8 then '+49 30 ' || 10000000 + i * {STEP} % 89999999 end as phone,
    ('{{female,male,other}}'::text[])[1 + i % 4] as gender,
    case when i % 7 > 0 then date '1940-01-01' + (i * {STEP} % 25000)::int end as birth_date,
    'ID-' || md5(i::text) as identifier,
    ('{{passport,tax_id,national_id}}'::text[])[1 + i % 3] as identifier_type,
    lpad((i * {STEP} % 99999)::text, 5, '0') as postal_code,
    ('{{DE,ES,BR,IT,PL,TR}}'::text[])[1 + i % 6] as country,
    (i * {STEP} % 1000000 / 100.0)::numeric(18, 2) as total_purchase,
    (i * {STEP} % 30000 / 100.0)::numeric(18, 2) as avg_ticket,
    timestamptz '2020-01-01' + i * interval '83.123456 seconds' as created_at,
    timestamptz '2020-01-01' + i * interval '83.654321 seconds' as updated_at
from (
    select i, ('{_FIRST}'::text[])[1 + i % 14] as first,
        ('{_LAST}'::text[])[1 + i * 31 % 11] as last
    from generate_series({first}::bigint, {last}) as i
)
"""
