"""What is held on a person at one affiliate: for whoever asks for their data."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import duckdb

from contracts.tables import CUSTOMER_ID, TABLES, TableSpec
from contracts.topics import TOPICS
from core.duckdb_session import connect
from core.errors import ConfigurationError
from core.settings import Settings
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Record
from privacy.erasure import person
from warehouse.connection import ALIAS, open_warehouse

_KEYS = {spec.qualified: spec.primary_key for spec in TABLES}
#: Marts in which a row is an affiliate's own record, or what it did.
OWN = "own"


def export_subject(settings: Settings, affiliate: str, customer: int) -> dict[str, Any]:
    """As `export`, for a customer named by the affiliate's slug and the id there.

    Raises:
        ConfigurationError: there is no such affiliate, or nothing is held on the customer.
        AffiliateError: a file is lost or damaged.
    """
    zone = LandingZone(settings.landing_path)
    return export(settings, zone, affiliate, (person.affiliate_of(zone, affiliate), customer))


def export(settings: Settings, zone: LandingZone, slug: str, record: Record) -> dict[str, Any]:
    """Rows of the sources as they are now, events, and the affiliate's own marts.

    Args:
        settings: Where the warehouse is.
        zone: Where rows and events are.
        slug: The affiliate's.
        record: Affiliate and customer.

    Raises:
        ConfigurationError: nothing is held on such a customer.
        AffiliateError: a file is lost or damaged.
    """
    with zone.reading(), closing(connect()) as connection:
        landed = _landed(connection, zone, record)
        events = {topic.name: _events(connection, zone, topic.dataset, record) for topic in TOPICS}
    if not any((*landed.values(), *events.values())):
        raise ConfigurationError("nothing is held on such a customer")
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
    """Table → the record's rows, and the rows that are parts of them."""
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
    """The newest version of the rows for which a condition holds."""
    columns = [name for name, _ in spec.all_columns]
    versions = person.table(zone, spec.qualified, columns)
    keys = ", ".join(spec.primary_key)
    return _fetch(
        connection,
        f"select {', '.join(columns)} from (select * from ({versions}) qualify row_number() over "
        f"(partition by {keys}, _source order by _seq desc) = 1) "
        f"where _op <> 'delete' and {where} order by {keys}",
    )


def _events(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, dataset: str, record: Record
) -> list[dict[str, Any]]:
    rows = connection.execute(
        f"""
        select distinct body from (
            select coalesce(document::text, try(decode(value))) as body
            from ({scan(zone, dataset, ("value", "document"))})
        )
        where try_cast(json_extract_string(body, '$.affiliateid') as bigint) = {record[0]}
            and try_cast(json_extract_string(body, '$.data.{CUSTOMER_ID}') as bigint)
                = {record[1]}
        """
    ).fetchall()
    return sorted((json.loads(body) for (body,) in rows), key=lambda event: str(event["time"]))


def _marts(settings: Settings, record: Record) -> dict[str, list[dict[str, Any]]]:
    """Rows of the affiliate's own marts; none before the first build."""
    try:
        with open_warehouse(settings, read_only=True) as connection:
            tables = connection.execute(
                "select table_name from duckdb_columns() where database_name = ? "
                "and schema_name = ? and column_name in ('affiliate_id', ?) "
                "group by all having count(*) = 2 order by all",
                [ALIAS, OWN, CUSTOMER_ID],
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
