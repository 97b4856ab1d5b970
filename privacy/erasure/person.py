"""Find the records that an erasure request covers, and the values that identify them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing

import duckdb

from contracts.known_values import SEARCHED
from contracts.ledgers import ASSIGNMENTS
from contracts.personal import IDENTIFYING
from contracts.tables import AFFILIATES, CUSTOMER_ID, CUSTOMERS, TABLES, TableSpec
from contracts.topics import TOPICS, TopicSpec
from core import sql
from core.duckdb_session import connect
from core.errors import ConfigurationError, unknown
from core.settings import Settings
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Record
from privacy.erasure.requests import Scope
from warehouse.connection import ALIAS, open_warehouse

#: Shorter values, and shorter numbers, would be found by chance.
SHORTEST, SHORTEST_NUMBER = 6, 9


def table(zone: LandingZone, name: str, columns: Sequence[str]) -> str:
    """Return SQL for all landed row versions of an OLTP table, from every source."""
    datasets = sorted(
        {f.dataset for _, f in zone.live() if f.dataset.partition("@")[0] == f"oltp/{name}"}
    )
    scans = [f"({scan(zone, one, [*columns, '_op', '_source'])})" for one in datasets]
    return " union all by name ".join(f"select * from {one}" for one in scans) or (
        f"select * from ({scan(zone, f'oltp/{name}', [*columns, '_op', '_source'])})"
    )


def affiliate_of(zone: LandingZone, slug: str) -> int:
    """Return the ID of the affiliate with this slug.

    Raises:
        ConfigurationError: no landed affiliate has it.
    """
    with zone.reading(), closing(connect()) as connection:
        rows = connection.execute(
            f"select slug, max(id) from ({table(zone, AFFILIATES.qualified, ['id', 'slug'])}) "
            "where slug is not null group by slug order by slug"
        ).fetchall()
    known = {str(name): int(affiliate) for name, affiliate in rows}
    if not known:
        raise ConfigurationError("nothing was landed yet: run `affiliate run` first")
    if slug not in known:
        raise unknown("affiliate", slug, known)
    return known[slug]


def is_known(zone: LandingZone, record: Record) -> bool:
    """Return whether a row or an event of the customer was landed."""
    with zone.reading(), closing(connect()) as connection:
        found = connection.execute(
            f"select 1 from ({_customer_values(zone)}) "
            "where affiliate_id = $affiliate and customer_id = $customer limit 1",
            _parameters(record),
        )
        return bool(found.fetchall())


def covered_records(
    settings: Settings, zone: LandingZone, record: Record, scope: Scope
) -> tuple[Record, ...] | None:
    """Return all records that the request covers; None before identity resolution saw the record.

    Args:
        settings: Settings of the platform.
        zone: The landing zone with the identity ledger.
        record: The record that the request names.
        scope: `affiliate` covers the customer's records at that affiliate, `all` those everywhere.
    """
    found = _of_cluster(settings, record) | _of_id(zone, record)
    if not found:
        return None
    return tuple(sorted(one for one in found | {record} if scope == "all" or one[0] == record[0]))


def misaddressed(zone: LandingZone, records: Collection[Record]) -> set[Record]:
    """Return (other affiliate, ID) of events that name the records under another affiliate."""
    query = sql.load(
        __package__,
        "misaddressed",
        records=_listed(records),
        customers=f"({table(zone, CUSTOMERS.qualified, ['id', 'affiliate_id'])})",
        affiliates=f"({table(zone, AFFILIATES.qualified, ['id'])})",
        event_values=f"({_event_values(zone)})",
    )
    with zone.reading(), closing(connect()) as connection:
        return _pairs(connection, query)


def values(zone: LandingZone, records: Iterable[Record]) -> tuple[str, ...]:
    """Return the values of the records, as typed, that no other row has or contains.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    query = sql.load(
        __package__,
        "unique_values",
        records=_listed(records),
        customer_values=f"({_customer_values(zone)})",
        other_values=f"({_other_values(zone)})",
        shortest=str(SHORTEST),
        shortest_number=str(SHORTEST_NUMBER),
    )
    with zone.reading(), closing(connect()) as connection:
        rows = connection.execute(query).fetchall()
    return tuple(value for (value,) in rows)


def _listed(records: Iterable[Record]) -> str:
    rows = ", ".join(f"({affiliate}, {customer})" for affiliate, customer in records)
    return f"(values {rows}) as records (affiliate_id, customer_id)"


def _parameters(record: Record) -> Mapping[str, int]:
    affiliate, customer = record
    return {"affiliate": affiliate, "customer": customer}


def _customer_values(zone: LandingZone) -> str:
    """Return SQL for (affiliate_id, customer_id, contents) of rows and events about customers."""
    rows = (
        sql.load(
            __package__,
            "row_values",
            customer=sql.name(spec.subject.customer),
            texts=_texts(stated),
            versions=f"({_versions(zone, spec, ['affiliate_id', spec.subject.customer, *stated])})",
        )
        for spec in TABLES
        if spec.subject and (stated := spec.of_class(*IDENTIFYING))
    )
    return " union all ".join([*rows, _event_values(zone)])


def _other_values(zone: LandingZone) -> str:
    """Return SQL for (contents) of the personal values of affiliates and their users."""
    return " union all ".join(
        f"select {_texts(stated)} as contents from ({_versions(zone, spec, stated)})"
        for spec in TABLES
        if spec.subject is None and (stated := spec.of_class(*SEARCHED))
    )


def _event_values(zone: LandingZone) -> str:
    """Return SQL for (affiliate_id, customer_id, contents) of all events about customers."""
    return " union all ".join(
        f"from ({_values_of_topic(zone, spec)})" for spec in TOPICS if spec.of_class(*IDENTIFYING)
    )


def _values_of_topic(zone: LandingZone, topic: TopicSpec) -> str:
    fields = (CUSTOMER_ID, *topic.of_class(*IDENTIFYING))
    paths = ", ".join(f"'$.{path}'" for path in ("affiliateid", *(f"data.{f}" for f in fields)))
    messages = f"({scan(zone, topic.dataset, ('value', 'document'))})"
    return sql.load(__package__, "event_values", paths=paths, messages=messages)


def _texts(columns: Iterable[str]) -> str:
    return f"[{', '.join(f'{name}::text' for name in columns)}]"


def _versions(zone: LandingZone, spec: TableSpec, columns: Iterable[str]) -> str:
    return table(zone, spec.qualified, list(dict.fromkeys(columns)))


def _of_cluster(settings: Settings, record: Record) -> set[Record]:
    query = sql.load(
        __package__, "records_of_cluster", clusters=f"{ALIAS}.identity.int_identity__clusters"
    )
    try:
        with open_warehouse(settings, read_only=True) as connection:
            return _pairs(connection, query, record)
    except (ConfigurationError, duckdb.CatalogException):
        return set()


def _of_id(zone: LandingZone, record: Record) -> set[Record]:
    columns = ("affiliate_id", "affiliate_customer_id", "customer_id")
    query = sql.load(
        __package__,
        "records_of_id",
        assignments=f"({scan(zone, ASSIGNMENTS.dataset, columns)})",
    )
    with zone.reading(), closing(connect()) as connection:
        return _pairs(connection, query, record)


def _pairs(
    connection: duckdb.DuckDBPyConnection, query: str, record: Record | None = None
) -> set[Record]:
    parameters = _parameters(record) if record else {}
    rows = connection.execute(query, parameters).fetchall()
    return {(int(affiliate), int(customer)) for affiliate, customer in rows}
