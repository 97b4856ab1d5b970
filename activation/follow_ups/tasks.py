"""Open tasks from each affiliate's file, joined with the internal file."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from activation.delivery.fields import Field, kind_of
from core import sql
from core.errors import AffiliateError
from privacy.pairwise import Pseudonyms
from serving import Release, affiliate_slugs, open_release

_INSTANT = "TIMESTAMP WITH TIME ZONE"
COLUMNS = {
    "deal_id": "VARCHAR",
    "customer_id": "VARCHAR",
    "owner_id": "VARCHAR",
    "stage": "VARCHAR",
    "cadence": "VARCHAR",
    "step": "INTEGER",
    "channel": "VARCHAR",
    "consent_basis": "VARCHAR",
    "reason": "VARCHAR",
    "is_agreed": "BOOLEAN",
    "status": "VARCHAR",
    "due_at": _INSTANT,
    "due_on": "DATE",
    "window_start": _INSTANT,
    "window_end": _INSTANT,
    "sla_due_at": _INSTANT,
    "expires_at": _INSTANT,
    "priority": "DECIMAL(5,2)",
    "priority_value": "DECIMAL(5,2)",
    "priority_urgency": "DECIMAL(5,2)",
    "priority_intent": "DECIMAL(5,2)",
    "priority_stage": "DECIMAL(5,2)",
    "priority_recency": "DECIMAL(5,2)",
    "priority_success": "DECIMAL(5,2)",
    "is_carried_over": "BOOLEAN",
    "attempts": "INTEGER",
    "last_contact_at": _INSTANT,
    "suggested_product_id": "VARCHAR",
}


def _field(name: str, kind: str) -> Field:
    instant = f"strftime(f.{name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')"
    return Field(name, instant if kind == _INSTANT else f"f.{name}", kind_of(kind), kind)


#: Fields sent with a task; the name and address of the customer come from `customer`.
FIELDS = (
    *(_field(name, kind) for name, kind in COLUMNS.items()),
    Field("full_name", "c.full_name", "text", "VARCHAR"),
    Field(
        "contact", "CASE f.channel WHEN 'email' THEN c.email ELSE c.phone END", "text", "VARCHAR"
    ),
)


def gather(connection: duckdb.DuckDBPyConnection, release: Release, key: bytes) -> None:
    """Create `task`, one row per open task.

    Columns: affiliate (slug), task (pseudonym), channel, due_at, expires_at and sent (JSON of
    texts) from the affiliate's file; affiliate_id, task_id, deal_id, record_id and is_delayed from
    the internal file.

    Args:
        connection: In-memory database, after `people.load`.
        release: The release.
        key: The platform's key for pseudonyms.

    Raises:
        AffiliateError: a file contains rows of another affiliate, or unknown pseudonyms.
    """
    connection.execute(f"create or replace temp table published ({_PUBLISHED_COLUMNS})")
    for slug in affiliate_slugs(release.path):
        with open_release(release.path, affiliate=slug) as file:
            rows = file.execute(_PUBLISHED).to_arrow_table()
        connection.register("rows", rows)
        if sql.number(connection, f"SELECT count(*) FROM rows WHERE affiliate <> {sql.text(slug)}"):
            raise AffiliateError(f"the file of {slug} contains rows of another affiliate")
        connection.execute("insert into published from rows")
        connection.unregister("rows")
    _load_internal(connection, release, key)
    connection.execute(f"create or replace table task as {sql.load(__package__, 'tasks')}")
    _check_owners(connection)


def _load_internal(connection: duckdb.DuckDBPyConnection, release: Release, key: bytes) -> None:
    """Create `internal`: the tasks of the internal file, with their pseudonyms."""
    with open_release(release.path) as file:
        rows = file.execute(
            "select task_id, affiliate_id, deal_id, is_delayed from follow_ups"
        ).to_arrow_table()
    things = zip(
        rows["affiliate_id"].to_pylist(),
        ["task"] * len(rows),
        rows["task_id"].to_pylist(),
        strict=True,
    )
    named = rows.append_column("task", pa.chunked_array([Pseudonyms(key).of(things)]))
    connection.register("named", named)
    connection.execute("create or replace temp table internal as from named")
    connection.unregister("named")


def _check_owners(connection: duckdb.DuckDBPyConnection) -> None:
    """Check that all tasks of a file, and their customers, belong to one affiliate."""
    unknown = sql.number(
        connection,
        "select count(*) from task where task_id is null or record_id is null "
        "or owner_of_record <> affiliate_id",
    )
    if unknown:
        raise AffiliateError(
            f"{unknown} tasks of the release are unknown under this platform's key: publish again"
        )
    mixed = connection.execute(
        "select affiliate from task group by affiliate "
        "having count(distinct affiliate_id) > 1 order by affiliate"
    ).fetchone()
    if mixed:
        raise AffiliateError(f"the file of {mixed[0]} contains tasks of two affiliates")


_SENT = ", ".join(f"{sql.text(f.name)}, CAST({f.expression} AS VARCHAR)" for f in FIELDS)
_PUBLISHED_COLUMNS = """
    affiliate varchar,
    task varchar,
    customer varchar,
    channel varchar,
    due_at timestamptz,
    expires_at timestamptz,
    sent varchar
"""
_PUBLISHED = sql.load(__package__, "published_tasks", sent=f"json_object({_SENT})")
