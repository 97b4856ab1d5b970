"""Open tasks as each affiliate's own file has them, and what only the company knows of each."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from activation.delivery.fields import Field, kind_of
from activation.delivery.people import PERSON
from core import sql
from core.errors import AffiliateError
from privacy.pairwise import Pseudonyms
from serving import Release, affiliate_slugs, open_release

TASK = "task"
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


#: What is sent with a task; whom to contact, and under which address, comes from `customer`.
FIELDS = (
    *(_field(name, kind) for name, kind in COLUMNS.items()),
    Field("full_name", "c.full_name", "text", "VARCHAR"),
    Field(
        "contact", "CASE f.channel WHEN 'email' THEN c.email ELSE c.phone END", "text", "VARCHAR"
    ),
)


def gather(connection: duckdb.DuckDBPyConnection, release: Release, key: bytes) -> None:
    """Creates `task`, one row per open task.

    Columns: affiliate (slug), task (pseudonym), channel, due_at, expires_at and sent (JSON of
    texts) from the affiliate's file; affiliate_id, task_id, deal_id, record_id and is_delayed from
    inside.

    Args:
        connection: In memory, after `people.load`.
        release: Whose tasks.
        key: The platform's key for pseudonyms.

    Raises:
        AffiliateError: a file holds rows that are not its affiliate's, or pseudonyms that we
            cannot tell.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE found (affiliate VARCHAR, task VARCHAR, customer VARCHAR, "
        "channel VARCHAR, due_at TIMESTAMPTZ, expires_at TIMESTAMPTZ, sent VARCHAR)"
    )
    for slug in affiliate_slugs(release.path):
        with open_release(release.path, affiliate=slug) as file:
            rows = file.execute(_OWN).to_arrow_table()
        connection.register("rows", rows)
        if sql.number(connection, f"SELECT count(*) FROM rows WHERE affiliate <> {sql.text(slug)}"):
            raise AffiliateError(f"the file of {slug} holds rows of another affiliate")
        connection.execute("INSERT INTO found FROM rows")
        connection.unregister("rows")
    _load_inside(connection, release, key)
    connection.execute(f"CREATE OR REPLACE TABLE {TASK} AS {_JOINED}")
    _check_owners(connection)


def _load_inside(connection: duckdb.DuckDBPyConnection, release: Release, key: bytes) -> None:
    """Creates `inside`: the same tasks as the unified file has them, with their pseudonyms."""
    with open_release(release.path) as file:
        rows = file.execute(_INSIDE).to_arrow_table()
    things = zip(
        rows["affiliate_id"].to_pylist(),
        ["task"] * len(rows),
        rows["task_id"].to_pylist(),
        strict=True,
    )
    named = rows.append_column("task", pa.chunked_array([Pseudonyms(key).of(things)]))
    connection.register("named", named)
    connection.execute("CREATE OR REPLACE TEMP TABLE inside AS FROM named")
    connection.unregister("named")


def _check_owners(connection: duckdb.DuckDBPyConnection) -> None:
    """Whatever a file names is of one affiliate, and task and customer of the same."""
    unknown = sql.number(
        connection,
        f"SELECT count(*) FROM {TASK} WHERE task_id IS NULL OR record_id IS NULL "
        "OR owner_of_record <> affiliate_id",
    )
    if unknown:
        raise AffiliateError(
            f"{unknown} tasks of the release are unknown under this platform's key: publish again"
        )
    mixed = connection.execute(
        f"SELECT affiliate FROM {TASK} GROUP BY affiliate "
        "HAVING count(DISTINCT affiliate_id) > 1 ORDER BY affiliate"
    ).fetchone()
    if mixed:
        raise AffiliateError(f"the file of {mixed[0]} names tasks of two affiliates")


_SENT = ", ".join(f"{sql.text(f.name)}, CAST({f.expression} AS VARCHAR)" for f in FIELDS)
_OWN = f"""
SELECT f.affiliate, f.task_id, f.customer_id, f.channel, f.due_at, f.expires_at,
    CAST(json_object({_SENT}) AS VARCHAR) AS sent
FROM follow_ups f LEFT JOIN customer c USING (customer_id)
"""
_INSIDE = "SELECT task_id, affiliate_id, deal_id, is_delayed FROM follow_ups"
_JOINED = f"""
SELECT o.affiliate, o.task, o.channel, o.due_at, o.expires_at, o.sent,
    i.affiliate_id, i.task_id, i.deal_id, i.is_delayed,
    p.record_id, p.affiliate_id AS owner_of_record
FROM found o
LEFT JOIN inside i ON i.task = o.task
LEFT JOIN {PERSON} p ON p.member = o.customer
"""
