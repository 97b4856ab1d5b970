"""What is held on a person at one affiliate: for whoever asks for their data."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import duckdb

from contracts.subjects import SUBJECTS
from contracts.tables import TABLES, TableSpec
from contracts.topics import TOPICS
from core.duckdb_session import connect
from core.errors import ConfigurationError
from core.settings import Settings
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Record
from privacy.erasure import person
from warehouse.connection import ALIAS, open_warehouse

_SPECS = {spec.qualified: spec for spec in TABLES}
_ITEMS, _ORDERS = "sales.order_item", "sales.order_header"
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
        landed = {name: _rows(connection, zone, _SPECS[name], record) for name in SUBJECTS}
        landed[_ITEMS] = _items(connection, zone, [row["id"] for row in landed[_ORDERS]], record)
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


def _rows(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, spec: TableSpec, record: Record
) -> list[dict[str, Any]]:
    customer = SUBJECTS[spec.qualified].customer
    where = f"affiliate_id = {record[0]} and {customer} = {record[1]}"
    return _newest(connection, zone, spec, where)


def _items(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, orders: list[int], record: Record
) -> list[dict[str, Any]]:
    listed = ", ".join(map(str, orders)) or "null"
    where = f"affiliate_id = {record[0]} and order_id in ({listed})"
    return _newest(connection, zone, _SPECS[_ITEMS], where)


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
            and try_cast(json_extract_string(body, '$.data.affiliate_customer_id') as bigint)
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
                "and schema_name = ? and column_name in ('affiliate_id', 'affiliate_customer_id') "
                "group by all having count(*) = 2 order by all",
                [ALIAS, OWN],
            ).fetchall()
            return {
                name: _fetch(
                    connection,
                    f"from {ALIAS}.{OWN}.{name} where affiliate_id = {record[0]} "
                    f"and affiliate_customer_id = {record[1]}",
                )
                for (name,) in tables
            }
    except ConfigurationError:
        return {}


def _fetch(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = connection.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
