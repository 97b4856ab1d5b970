"""A warehouse as a dbt build leaves it, as far as the identity ledger reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb

from contracts.ledgers import ASSIGNMENTS, BUILT, EDGE_FIELDS
from core.settings import Settings
from warehouse.connection import open_warehouse
from warehouse.raw import RAW_TABLES

AT = datetime(2026, 3, 1, tzinfo=UTC)
Row = Mapping[str, Any]

TABLES = {
    **{
        f"identity.{spec.model}": ", ".join(
            f"{name} {kind}" for name, kind in spec.columns if name != "invocation_id"
        )
        for spec in BUILT
    },
    "identity.customer_xref": (
        "affiliate_id bigint, affiliate_customer_id bigint, customer_id text, "
        "valid_from timestamptz"
    ),
    "identity.customer_xref_history": (
        "affiliate_id bigint, affiliate_customer_id bigint, customer_id text"
    ),
    "identity.customer_redirects": "customer_id text, current_customer_id text",
    "identity.identity_events": (
        "event text, customer_id text, other_customer_id text, record_id text, cause text, "
        "cause_left_record_id text, cause_right_record_id text, cause_weight integer, "
        "happened_at timestamptz, landing_position bigint"
    ),
    "identity.identity_edges": (
        "left_record_id text, right_record_id text, customer_id text, total_weight integer, "
        "rule text, weights_version integer, "
        + ", ".join(f"{field}_weight integer" for field in EDGE_FIELDS)
    ),
    "identity.int_identity__records": (
        "affiliate_id bigint, affiliate_customer_id bigint, full_name text, email text, "
        "phone text, birth_date date, known_since timestamptz"
    ),
    "staging.stg_oltp__affiliates": "affiliate_id bigint, slug text",
    "meta.build": "as_of timestamptz, landing_position bigint, invocation_id text",
}


def build(settings: Settings, invocation: str, position: int, **models: Sequence[Row]) -> None:
    """Create all tables again.

    Args:
        settings: Where the warehouse is.
        invocation: Name of the build.
        position: Highest manifest entry that it knows.
        models: Table without its schema → rows; columns that a row does not name are null.
    """
    raw = ", ".join(f"{name} {kind}" for name, kind in RAW_TABLES[ASSIGNMENTS.raw_table])
    with open_warehouse(settings) as connection:
        connection.execute("create schema if not exists wh.raw")
        connection.execute(f"create table if not exists wh.raw.{ASSIGNMENTS.raw_table} ({raw})")
        for table, columns in TABLES.items():
            schema, name = table.split(".")
            connection.execute(f"create schema if not exists wh.{schema}")
            connection.execute(f"drop table if exists wh.{table}")
            connection.execute(f"create table wh.{table} ({columns})")
            for row in models.get(name, ()):
                _insert(connection, table, row)
        _insert(
            connection,
            "meta.build",
            {"as_of": AT, "landing_position": position, "invocation_id": invocation},
        )


def persons(clusters: Mapping[str, Sequence[str]]) -> list[Row]:
    """Rows of customer_xref.

    Args:
        clusters: customer_id → records.
    """
    return [
        {**key(record), "customer_id": customer, "valid_from": AT}
        for customer, records in clusters.items()
        for record in records
    ]


def key(record: str) -> dict[str, int]:
    """A record's key columns."""
    affiliate, customer = record.split(":")
    return {"affiliate_id": int(affiliate), "affiliate_customer_id": int(customer)}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
    marks = ", ".join("?" for _ in row)
    statement = f"insert into wh.{table} ({', '.join(row)}) values ({marks})"
    connection.execute(statement, list(row.values()))
