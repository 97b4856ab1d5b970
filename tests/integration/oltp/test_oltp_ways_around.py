"""The known ways around row-level security: each leaks once it exists, so none may exist."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

CUSTOMERS = "affiliate.affiliate_customer"
#: Relations that tenants can read and that show rows without a policy of their own: views that run
#: with the rights of their owner, materialised views, and tables (partitions among them) without
#: row-level security that binds the owner too.
UNGUARDED = """
select c.oid::regclass::text
from pg_class c
where pg_catalog.has_table_privilege('affiliate_tenant', c.oid, 'select')
  and c.relnamespace::regnamespace::text in ('affiliate', 'sales', 'platform')
  and case c.relkind
          when 'v' then not coalesce(c.reloptions @> array['security_invoker=true'], false)
          when 'm' then true
          when 'r' then not (c.relrowsecurity and c.relforcerowsecurity)
          when 'p' then not (c.relrowsecurity and c.relforcerowsecurity)
          else false
      end
order by 1
"""


@pytest.fixture
def admin(schema: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The administrator of an OLTP with two affiliates; what a test does is undone."""
    with schema.transaction(force_rollback=True):
        schema.execute("insert into affiliate.affiliate (id, slug) values (1, 'one'), (2, 'two')")
        schema.execute(
            f"insert into {CUSTOMERS} (id, affiliate_id, email) "
            "values (1, 1, 'a@one.example'), (2, 2, 'b@two.example')"
        )
        yield schema


def seen_by_a_tenant(admin: psycopg.Connection, relation: str) -> set[int]:
    """Affiliates whose rows a tenant of affiliate 1 finds in a relation."""
    role = f"tenant_{uuid4().hex[:8]}"
    admin.execute(sql.SQL("create role {} in role affiliate_tenant").format(sql.Identifier(role)))
    admin.execute("insert into platform.tenant_role values (%s, 1)", [role])
    admin.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
    try:
        return {row[0] for row in admin.execute(f"select affiliate_id from {relation}".encode())}
    finally:
        admin.execute("reset role")


def unguarded(admin: psycopg.Connection) -> list[str]:
    return [row[0] for row in admin.execute(UNGUARDED.encode())]


def test_every_relation_readable_by_tenants_has_row_level_security(
    admin: psycopg.Connection,
) -> None:
    assert unguarded(admin) == []
    assert seen_by_a_tenant(admin, CUSTOMERS) == {1}


@pytest.mark.parametrize(
    "creation",
    [
        f"create view affiliate.leak as select * from {CUSTOMERS}",
        f"create materialized view affiliate.leak as select * from {CUSTOMERS}",
        f"create table affiliate.leak as select * from {CUSTOMERS}",
    ],
    ids=["view", "materialised view", "copy"],
)
def test_unprotected_relations_are_found(admin: psycopg.Connection, creation: str) -> None:
    admin.execute(creation.encode())
    admin.execute("grant select on affiliate.leak to affiliate_tenant")
    assert seen_by_a_tenant(admin, "affiliate.leak") == {1, 2}
    assert unguarded(admin) == ["affiliate.leak"]


def test_partition_needs_its_own_row_level_security(admin: psycopg.Connection) -> None:
    admin.execute(
        """
        create table affiliate.event (affiliate_id bigint, updated_at timestamptz)
        partition by list (affiliate_id);
        create table affiliate.leak partition of affiliate.event for values in (1, 2);
        insert into affiliate.event values (1), (2);
        call platform.guard_table('affiliate.event', 'affiliate_id', 'select');
        grant select on affiliate.leak to affiliate_tenant
        """
    )
    assert seen_by_a_tenant(admin, "affiliate.event") == {1}
    assert seen_by_a_tenant(admin, "affiliate.leak") == {1, 2}
    assert unguarded(admin) == ["affiliate.leak"]


def test_security_invoker_view_is_safe(admin: psycopg.Connection) -> None:
    admin.execute(
        "create view affiliate.safe with (security_invoker = true) "
        "as select * from affiliate.affiliate_customer"
    )
    admin.execute("grant select on affiliate.safe to affiliate_tenant")
    assert seen_by_a_tenant(admin, "affiliate.safe") == {1}
    assert unguarded(admin) == []


def test_unique_violation_does_not_reveal_values_of_other_tenants(
    admin: psycopg.Connection,
) -> None:
    """A tenant may stumble over a foreign row's number, and learns nothing else of the row."""
    with admin.transaction():
        admin.execute("create role stumbling in role affiliate_tenant")
        admin.execute("insert into platform.tenant_role values ('stumbling', 1)")
        admin.execute("set local role stumbling")
        with pytest.raises(psycopg.errors.UniqueViolation) as violation, admin.transaction():
            admin.execute(f"insert into {CUSTOMERS} (id, affiliate_id) values (2, 1)".encode())
        assert violation.value.diag.message_detail is None
        # products are unique within an affiliate, so the same number elsewhere is no obstacle
        product = "insert into sales.product (affiliate_id, sku, unit_price) values (%s, 's', 1)"
        admin.execute("reset role")
        admin.execute(product, [2])
        admin.execute("set local role stumbling")
        admin.execute(product, [1])
