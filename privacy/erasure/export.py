"""Export of all data about one customer of one affiliate, for subject access requests."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import duckdb

from contracts.tables import CUSTOMER_ID, TABLES, TableSpec
from contracts.topics import TOPICS
from core import sql
from core.duckdb_session import connect
from core.errors import ConfigurationError
from core.settings import Settings
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Record
from privacy.erasure import person
from warehouse.connection import ALIAS, open_warehouse

_KEYS = {spec.qualified: spec.primary_key for spec in TABLES}
#: Schema of the marts with one row per customer record of an affiliate.
OWN = "own"


def export_subject(settings: Settings, affiliate: str, customer: int) -> dict[str, Any]:
    """Export a customer named by the affiliate's slug and the ID there.

    Raises:
        ConfigurationError: the affiliate does not exist, or there is no data about the customer.
        AffiliateError: a file is lost or damaged.
    """
    zone = LandingZone(settings.landing_path)
    return export(settings, zone, affiliate, (person.affiliate_of(zone, affiliate), customer))


def export(settings: Settings, zone: LandingZone, slug: str, record: Record) -> dict[str, Any]:
    """Return the current rows of the sources, the events, and the rows of the affiliate's marts.

    Args:
        settings: Settings of the platform.
        zone: The landing zone.
        slug: Slug of the affiliate.
        record: Affiliate ID and customer ID.

    Raises:
        ConfigurationError: there is no data about the customer.
        AffiliateError: a file is lost or damaged.
    """
    with zone.reading(), closing(connect()) as connection:
        landed = _landed(connection, zone, record)
        events = {topic.name: _events(connection, zone, topic.dataset, record) for topic in TOPICS}
    if not any((*landed.values(), *events.values())):
        raise ConfigurationError("there is no data about this customer")
    return {
        "affiliate": slug,
        "affiliate_customer_id": record[1],
        "landed": landed,
        "events": events,
        "marts": _marts(settings, record),
    }


def _landed(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, record: Record
) -> dict[str, list[dict[str, Any]]]:
    """Return table → the record's rows, including rows that are part of them."""
    affiliate, customer = record
    landed = {}
    for spec in TABLES:
        if spec.subject:
            where = f"affiliate_id = {affiliate} and {spec.subject.customer} = {customer}"
            landed[spec.qualified] = _newest(connection, zone, spec, where)
    for spec in TABLES:
        if part := spec.part_of:
            (key,) = _KEYS[part.table]
            listed = ", ".join(str(row[key]) for row in landed[part.table]) or "null"
            where = f"affiliate_id = {affiliate} and {part.reference} in ({listed})"
            landed[spec.qualified] = _newest(connection, zone, spec, where)
    return landed


def _newest(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, spec: TableSpec, where: str
) -> list[dict[str, Any]]:
    columns = [name for name, _ in spec.all_columns]
    query = sql.load(
        __package__,
        "newest_rows",
        versions=f"({person.table(zone, spec.qualified, columns)})",
        key=", ".join(spec.primary_key),
        columns=", ".join(columns),
        condition=where,
    )
    return _fetch(connection, query)


def _events(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, dataset: str, record: Record
) -> list[dict[str, Any]]:
    query = sql.load(
        __package__,
        "events_of_customer",
        messages=f"({scan(zone, dataset, ('value', 'document'))})",
    )
    affiliate, customer = record
    path = f"$.data.{CUSTOMER_ID}"
    rows = connection.execute(
        query, {"affiliate": affiliate, "customer": customer, "id_path": path}
    ).fetchall()
    return sorted((json.loads(body) for (body,) in rows), key=lambda event: str(event["time"]))


def _marts(settings: Settings, record: Record) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the affiliate's marts; empty before the first build."""
    try:
        with open_warehouse(settings, read_only=True) as connection:
            tables = connection.execute(
                sql.load(__package__, "tables_of_customer"),
                {"database": ALIAS, "schema_name": OWN, "customer_column": CUSTOMER_ID},
            ).fetchall()
            return {
                name: _fetch(
                    connection,
                    f"from {ALIAS}.{OWN}.{name} where affiliate_id = {record[0]} "
                    f"and {CUSTOMER_ID} = {record[1]}",
                )
                for (name,) in tables
            }
    except ConfigurationError:
        return {}


def _fetch(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = connection.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
