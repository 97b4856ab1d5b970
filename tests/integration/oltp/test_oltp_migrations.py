"""The schema that the migrations make is the one that the pipeline was promised."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from contracts.tables import TABLES, TableSpec
from core.errors import AffiliateError, ConfigurationError
from ingestion.embedded import EmbeddedPostgres
from oltp.connection import connect
from oltp.migrate import migrate

#: Where PostgreSQL's own type differs from the warehouse's raw type.
FINER_TYPES = {"tax_details": "jsonb", "currency": "character(3)", "country": "character(2)"}
NAMES = {
    "decimal(18,2)": "numeric(18,2)",
    "timestamptz": "timestamp with time zone",
}


@pytest.fixture
def oltp(oltp_dsn: str) -> Iterator[psycopg.Connection]:
    migrate(oltp_dsn)
    with psycopg.connect(oltp_dsn, autocommit=True) as connection:
        yield connection


def test_migrations_are_applied_once(oltp_dsn: str) -> None:
    applied = migrate(oltp_dsn)
    assert applied == sorted(applied)
    assert len(applied) >= 4
    assert migrate(oltp_dsn) == []
    with psycopg.connect(oltp_dsn) as connection:
        ledger = connection.execute("select name from platform.schema_migration").fetchall()
    assert sorted(name for (name,) in ledger) == applied


def test_concurrent_migrations_do_not_conflict(
    postgres_server: EmbeddedPostgres, oltp_dsn: str
) -> None:
    """Two on one database, two more on others of the same cluster, which share its roles."""
    others = ["concurrent_a", "concurrent_b"]
    for name in others:
        postgres_server.ensure_database(name)
    targets = [oltp_dsn, oltp_dsn, *map(postgres_server.dsn, others)]
    with ThreadPoolExecutor(len(targets)) as pool:
        applied = [len(names) for names in pool.map(migrate, targets)]
    assert sorted(applied[:2]) == [0, max(applied)]
    assert applied[2:] == [max(applied)] * 2


def test_modified_migration_is_rejected(oltp: psycopg.Connection) -> None:
    oltp.execute("update platform.schema_migration set sha256 = 'x' where name like '0002%'")
    with pytest.raises(AffiliateError, match="0002_affiliate was changed"):
        migrate(oltp.info.dsn)


def test_role_without_privileges_gets_a_clear_error(
    oltp: psycopg.Connection, reader_dsn: str
) -> None:
    with pytest.raises(AffiliateError, match="lacks rights"):
        migrate(reader_dsn)


def test_errors_contain_no_row_values(oltp: psycopg.Connection) -> None:
    with pytest.raises(AffiliateError) as caught, connect(oltp.info.dsn) as connection:
        connection.execute("insert into affiliate.affiliate (slug) values ('secret'), ('secret')")
    assert "UniqueViolation" in str(caught.value)
    assert "secret" not in str(caught.value)


# pragma: allowlist nextline secret
@pytest.mark.parametrize("dsn", ["postgresql://nobody:hush@127.0.0.1:1/x", "no such thing"])
def test_unreachable_server_error_is_one_line_without_the_password(dsn: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        migrate(dsn)
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified)
def test_table_has_the_columns_of_its_contract(
    schema: psycopg.Connection, table: TableSpec
) -> None:
    rows = schema.execute(
        """
        select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped
        """,
        [table.qualified],
    ).fetchall()
    found = {name: type_ for name, type_, _ in rows}
    required = {name for name, _, not_null in rows if not_null}
    wanted = {
        name: FINER_TYPES.get(name, NAMES.get(type_, type_)) for name, type_ in table.all_columns
    }
    assert found == wanted | dict.fromkeys(table.excluded, "text")
    assert {*table.primary_key, "created_at", "updated_at"} <= required


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified)
def test_table_has_key_trigger_and_forced_row_level_security(
    schema: psycopg.Connection, table: TableSpec
) -> None:
    key = schema.execute(
        """
        select array_agg(a.attname::text) from pg_index join pg_attribute as a
        on a.attrelid = indrelid and a.attnum = any(indkey)
        where indrelid = %s::regclass and indisprimary
        """,
        [table.qualified],
    ).fetchone()
    assert key == ([*table.primary_key],)
    guards = schema.execute(
        """
        select relrowsecurity, relforcerowsecurity,
            exists (select from pg_trigger where tgrelid = c.oid and tgname = 'touch_updated_at')
        from pg_class as c where oid = %s::regclass
        """,
        [table.qualified],
    ).fetchone()
    assert guards == (True, True, True)


def test_updated_at_uses_the_clock_or_the_replayed_time(
    oltp: psycopg.Connection,
) -> None:
    old, replayed = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    oltp.execute("insert into affiliate.affiliate (slug, updated_at) values ('a', %s)", [old])
    change = "update affiliate.affiliate set full_name = %s, updated_at = %s returning updated_at"
    now = oltp.execute(change, ["forged", old]).fetchone()
    assert now is not None
    assert now[0] > replayed
    with oltp.transaction():
        oltp.execute("select set_config('affiliate.clock', %s, true)", [replayed.isoformat()])
        assert oltp.execute(change, ["replayed", old]).fetchone() == (replayed,)
    assert oltp.execute(change, ["after", old]).fetchone() != (replayed,)


def test_generated_ids_and_defaults_work(oltp: psycopg.Connection) -> None:
    row = oltp.execute(
        "insert into affiliate.affiliate (slug) values ('a') "
        "returning id, time_zone, currency, status"
    ).fetchone()
    assert row == (1, "UTC", "USD", "active")


@pytest.mark.parametrize("slug", ["../../etc", "'; drop table x--", "A", "", "a" * 64, None])
def test_slugs_are_safe_file_names(schema: psycopg.Connection, slug: str | None) -> None:
    with pytest.raises(psycopg.errors.IntegrityError):
        schema.execute("insert into affiliate.affiliate (slug) values (%s)", [slug])


def test_source_accepts_values_that_the_pipeline_must_validate(oltp: psycopg.Connection) -> None:
    """Bad input is the pipeline's to set aside: no constraint may hide it."""
    oltp.execute("insert into affiliate.affiliate (slug, full_name) values ('a', '../../etc')")
    for born in ("infinity", "0001-01-01", "2999-01-01"):
        oltp.execute(
            "insert into affiliate.affiliate_customer (affiliate_id, email, birth_date) "
            "values (1, 'N/A', %s)",
            [born],
        )
    for price in ("-5", "NaN"):
        oltp.execute("insert into sales.product (affiliate_id, unit_price) values (1, %s)", [price])
    oltp.execute(
        "insert into sales.order_header (affiliate_id, affiliate_customer_id, total_amount) "
        "values (1, 987654321, 'NaN')"
    )
    oltp.execute(
        "insert into sales.order_item (affiliate_id, order_id, product_id, quantity, unit_price) "
        "values (1, 1, 1, -3, 'NaN')"
    )


def test_foreign_keys_cannot_cross_affiliates(oltp: psycopg.Connection) -> None:
    oltp.execute("insert into affiliate.affiliate (slug) values ('a'), ('b')")
    oltp.execute("insert into affiliate.affiliate_customer (affiliate_id) values (1)")
    oltp.execute("insert into sales.product (affiliate_id, unit_price) values (1, 1)")
    oltp.execute("insert into sales.order_header (affiliate_id) values (1), (2)")
    for statement in (
        "insert into affiliate.affiliate_customer_tag (affiliate_id, affiliate_customer_id) "
        "values (2, 1)",
        "insert into affiliate.customer_invite (affiliate_id, affiliate_customer_id) values (2, 1)",
        "insert into sales.order_item (affiliate_id, order_id, product_id, quantity, unit_price) "
        "values (2, 2, 1, 1, 1)",
        "insert into sales.order_item (affiliate_id, order_id, product_id, quantity, unit_price) "
        "values (1, 2, 1, 1, 1)",
    ):
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            oltp.execute(statement)


def test_deleting_a_customer_deletes_tags_and_keeps_orders(oltp: psycopg.Connection) -> None:
    oltp.execute("insert into affiliate.affiliate (slug) values ('a')")
    oltp.execute("insert into affiliate.affiliate_customer (affiliate_id) values (1)")
    for table in ("affiliate.affiliate_customer_tag", "affiliate.customer_invite"):
        oltp.execute(
            f"insert into {table} (affiliate_id, affiliate_customer_id) values (1, 1)".encode()
        )
    oltp.execute(
        "insert into sales.order_header (affiliate_id, affiliate_customer_id) values (1, 1)"
    )
    oltp.execute("delete from affiliate.affiliate_customer")
    left = oltp.execute(
        "select (select count(*) from affiliate.affiliate_customer_tag), "
        "(select array_agg(affiliate_customer_id) from affiliate.customer_invite), "
        "(select array_agg(affiliate_customer_id) from sales.order_header)"
    ).fetchone()
    assert left == (0, [None], [1])
