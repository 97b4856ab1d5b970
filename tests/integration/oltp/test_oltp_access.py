"""Who sees what: tenants their own affiliate, the platform everything but where the money goes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from contracts.tables import TABLES, TableSpec
from ingestion.embedded import EmbeddedPostgres

ROWS = """
insert into affiliate.affiliate (slug) values ('one'), ('two');
insert into affiliate.affiliate_detail (affiliate_id) values (1), (2);
insert into affiliate.affiliate_social_media (affiliate_id) values (1), (2);
insert into affiliate.affiliate_bank_account (affiliate_id, account_number, iban)
values (1, 'n1', 'i1'), (2, 'n2', 'i2');
insert into affiliate.affiliate_address (affiliate_id) values (1), (2);
insert into affiliate.app_user (affiliate_id) values (1), (2);
insert into affiliate.affiliate_customer (affiliate_id) values (1), (2);
insert into affiliate.affiliate_customer_tag (affiliate_id, affiliate_customer_id)
values (1, 1), (2, 2);
insert into affiliate.customer_invite (affiliate_id) values (1), (2);
insert into sales.product (affiliate_id, unit_price) values (1, 1), (2, 1);
insert into sales.order_header (affiliate_id) values (1), (2);
insert into sales.order_item (affiliate_id, order_id, product_id, quantity, unit_price)
values (1, 1, 1, 1, 1), (2, 2, 2, 1, 1);
"""
DENIED = psycopg.errors.InsufficientPrivilege
QUALIFIED = [table.qualified for table in TABLES]
WITH_AFFILIATE_ID = [name for name in QUALIFIED if name != "affiliate.affiliate"]


@pytest.fixture(scope="module")
def admin(schema: psycopg.Connection) -> psycopg.Connection:
    """The administrator of an OLTP with two affiliates that have a row in every table."""
    schema.execute(ROWS)
    return schema


@pytest.fixture
def tenant(
    admin: psycopg.Connection, postgres_server: EmbeddedPostgres, schema_name: str
) -> Iterator[psycopg.Connection]:
    """A login role in the tenants' group, mapped to affiliate 1."""
    name = f"tenant_{uuid4().hex[:8]}"
    role = sql.Identifier(name)
    admin.execute(sql.SQL("create role {} login in role affiliate_tenant").format(role))
    admin.execute("insert into platform.tenant_role values (%s, 1)", [name])
    with psycopg.connect(postgres_server.dsn(schema_name, name), autocommit=True) as own:
        yield own
    admin.execute("delete from platform.tenant_role where role_name = %s", [name])
    admin.execute(sql.SQL("drop role {}").format(role))


@pytest.fixture
def reader(
    admin: psycopg.Connection, postgres_server: EmbeddedPostgres, schema_name: str
) -> Iterator[psycopg.Connection]:
    """The role that the pipeline reads with."""
    dsn = postgres_server.dsn(schema_name, "platform_reader")
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def affiliates_in(connection: psycopg.Connection, table: str) -> set[int]:
    column = "id" if table == "affiliate.affiliate" else "affiliate_id"
    rows = connection.execute(f"select distinct {column} from {table}".encode())
    return {affiliate for (affiliate,) in rows}


@pytest.mark.parametrize("table", QUALIFIED)
def test_tenant_sees_only_its_own_affiliate(tenant: psycopg.Connection, table: str) -> None:
    assert affiliates_in(tenant, table) == {1}


@pytest.mark.parametrize("table", WITH_AFFILIATE_ID)
def test_tenant_cannot_change_rows_of_other_tenants(
    tenant: psycopg.Connection, admin: psycopg.Connection, table: str
) -> None:
    touched = tenant.execute(
        f"update {table} set created_at = now() where affiliate_id = 2".encode()
    )
    assert touched.rowcount == 0
    assert tenant.execute(f"delete from {table} where affiliate_id = 2".encode()).rowcount == 0
    with pytest.raises(DENIED, match="row-level security"):
        tenant.execute(f"update {table} set affiliate_id = 2".encode())
    assert affiliates_in(admin, table) == {1, 2}


def test_tenant_can_insert_rows_only_for_itself(tenant: psycopg.Connection) -> None:
    insert = "insert into affiliate.affiliate_customer (affiliate_id, full_name) values (%s, 'x')"
    with tenant.transaction(force_rollback=True):
        tenant.execute(insert, [1])
        assert tenant.execute("select count(*) from affiliate.affiliate_customer").fetchone() == (
            2,
        )
    with pytest.raises(DENIED, match="row-level security"):
        tenant.execute(insert, [2])


def test_tenant_can_update_its_profile_but_not_its_status(tenant: psycopg.Connection) -> None:
    tenant.execute("update affiliate.affiliate set full_name = 'renamed'")
    for statement in (
        "update affiliate.affiliate set status = 'active'",
        "update affiliate.affiliate set slug = 'two-b'",
        "insert into affiliate.affiliate (slug) values ('three')",
        "delete from affiliate.affiliate",
    ):
        with pytest.raises(DENIED):
            tenant.execute(statement)


def test_tenant_sees_only_its_own_mapping_and_cannot_change_it(
    tenant: psycopg.Connection, admin: psycopg.Connection
) -> None:
    admin.execute("insert into platform.tenant_role values ('somebody_else', 2)")
    for statement in (
        "insert into platform.tenant_role values (current_user, 2)",
        "update platform.tenant_role set affiliate_id = 2",
        "delete from platform.tenant_role",
        "select * from platform.schema_migration",
    ):
        with pytest.raises(DENIED):
            tenant.execute(statement)
    rows = tenant.execute("select affiliate_id from platform.tenant_role").fetchall()
    assert rows == [(1,)]


def test_tenant_without_mapping_sees_no_rows(
    tenant: psycopg.Connection, admin: psycopg.Connection
) -> None:
    admin.execute("delete from platform.tenant_role where role_name = %s", [tenant.info.user])
    assert [affiliates_in(tenant, table) for table in QUALIFIED] == [set()] * len(QUALIFIED)


def test_client_setting_grants_no_access(tenant: psycopg.Connection) -> None:
    for statement in ("set row_security = off", "set role affiliate_tenant"):
        tenant.execute(statement)
        try:
            seen = affiliates_in(tenant, "affiliate.affiliate_customer")
        except DENIED:
            seen = set()
        assert seen <= {1}
        tenant.execute("reset role; reset row_security")
    with pytest.raises(DENIED):
        tenant.execute("set role platform_reader")


def test_temporary_table_of_the_client_does_not_replace_the_mapping(
    tenant: psycopg.Connection,
) -> None:
    """Policies are bound to the tables that they were written with, whatever `search_path` says."""
    with tenant.transaction(force_rollback=True):
        tenant.execute("create temp table tenant_role (role_name text, affiliate_id bigint)")
        tenant.execute("insert into tenant_role select current_user, generate_series(1, 9)")
        tenant.execute("set local search_path = pg_temp, platform, affiliate")
        assert affiliates_in(tenant, "affiliate.affiliate_customer") == {1}


def test_row_level_security_applies_to_the_owner(admin: psycopg.Connection) -> None:
    """Forced: even the role that owns a table needs a policy."""
    owner = sql.Identifier(f"owner_{uuid4().hex[:8]}")
    admin.execute(sql.SQL("create role {}").format(owner))
    with admin.transaction(force_rollback=True):
        admin.execute(sql.SQL("grant usage on schema affiliate to {}").format(owner))
        admin.execute(sql.SQL("alter table affiliate.affiliate_customer owner to {}").format(owner))
        admin.execute(sql.SQL("set local role {}").format(owner))
        assert affiliates_in(admin, "affiliate.affiliate_customer") == set()
    admin.execute(sql.SQL("drop role {}").format(owner))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.qualified)
def test_reader_sees_all_rows_of_the_columns_it_needs(
    reader: psycopg.Connection, table: TableSpec
) -> None:
    """The system columns too: incremental and parallel reads go by them."""
    names = ["xmin", "ctid", *(name for name, _ in table.all_columns)]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    source = sql.Identifier(table.schema, table.name)
    rows = reader.execute(sql.SQL("select {} from {}").format(columns, source)).fetchall()
    assert len(rows) == 2


@pytest.mark.parametrize("columns", ["account_number", "iban", "*", "b"])
def test_reader_cannot_read_account_numbers(reader: psycopg.Connection, columns: str) -> None:
    with pytest.raises(DENIED):
        reader.execute(f"select {columns} from affiliate.affiliate_bank_account as b".encode())


@pytest.mark.parametrize("table", QUALIFIED)
def test_reader_cannot_write(reader: psycopg.Connection, table: str) -> None:
    for statement in (
        f"delete from {table}",
        f"update {table} set created_at = now()",
        f"insert into {table} default values",
        f"truncate {table}",
    ):
        with pytest.raises(DENIED):
            reader.execute(statement.encode())


def test_new_tables_are_readable(admin: psycopg.Connection, reader: psycopg.Connection) -> None:
    admin.execute("create table sales.later (id bigint); insert into sales.later values (1)")
    assert reader.execute("select id from sales.later").fetchall() == [(1,)]
