"""Who is meant by a request, and by which values they could be recognised afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import closing

import duckdb

from contracts.known_values import SEARCHED
from contracts.ledgers import ASSIGNMENTS
from contracts.personal import IDENTIFYING
from contracts.tables import AFFILIATES, CUSTOMER_ID, CUSTOMERS, TABLES, TableSpec
from contracts.topics import TOPICS, TopicSpec
from core.duckdb_session import connect
from core.errors import ConfigurationError, unknown
from core.settings import Settings
from ingestion.landing import LandingZone
from ingestion.landing.scan import scan
from ingestion.landing.tombstones import Record
from privacy.erasure.requests import Scope
from warehouse.connection import ALIAS, open_warehouse

#: Shorter values, and shorter numbers, are found by chance.
SHORTEST, SHORTEST_NUMBER = 6, 9


def table(zone: LandingZone, name: str, columns: Sequence[str]) -> str:
    """SQL for all landed row versions of an OLTP table, whichever source they came from."""
    datasets = sorted(
        {f.dataset for _, f in zone.live() if f.dataset.partition("@")[0] == f"oltp/{name}"}
    )
    scans = [f"({scan(zone, one, [*columns, '_op', '_source'])})" for one in datasets]
    return " union all by name ".join(f"select * from {one}" for one in scans) or (
        f"select * from ({scan(zone, f'oltp/{name}', [*columns, '_op', '_source'])})"
    )


def affiliate_of(zone: LandingZone, slug: str) -> int:
    """Id of the affiliate with this slug.

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
    """Whether a row or an event of the customer was landed."""
    affiliate, customer = record
    with zone.reading(), closing(connect()) as connection:
        return bool(
            connection.execute(
                f"""
                select 1 from ({_stated(zone)})
                where affiliate_id = {affiliate} and customer_id = {customer} limit 1
                """
            ).fetchall()
        )


def reach(
    settings: Settings, zone: LandingZone, record: Record, scope: Scope
) -> tuple[Record, ...] | None:
    """All records of the person that the request is about; None if nobody told persons apart yet.

    Args:
        settings: Where the warehouse is.
        zone: Where the ledger of persons is.
        record: Whom the request names.
        scope: `affiliate` reaches the person's records at that affiliate, `all` those everywhere.
    """
    found = _of_one_cluster(settings, record) | _of_one_id(zone, record)
    if not found:
        return None
    return tuple(sorted(one for one in found | {record} if scope == "all" or one[0] == record[0]))


def misaddressed(zone: LandingZone, records: Collection[Record]) -> set[Record]:
    """Under which other affiliates of the same source events speak of the records.

    Such an event makes nobody a customer, and still says what it says of the person.
    """
    listed = ", ".join(f"({affiliate}, {customer})" for affiliate, customer in records)
    with zone.reading(), closing(connect()) as connection:
        return _pairs(
            connection,
            f"""
            with records (affiliate_id, id) as (values {listed}),
            owned as (
                select distinct affiliate_id, id, _source
                from ({table(zone, CUSTOMERS.qualified, ["id", "affiliate_id"])})
                semi join records using (affiliate_id, id)
            ),
            affiliates as (
                select distinct id as affiliate_id, _source
                from ({table(zone, AFFILIATES.qualified, ["id"])})
            )
            select distinct said.affiliate_id, said.customer_id
            from ({_said(zone)}) as said
            inner join affiliates on said.affiliate_id = affiliates.affiliate_id
            inner join owned
                on said.customer_id = owned.id and affiliates._source = owned._source
            where said.affiliate_id <> owned.affiliate_id
            """,
        )


def values(zone: LandingZone, records: Iterable[Record]) -> tuple[str, ...]:
    """What the records state, as typed, that no other row states or contains.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    listed = ", ".join(f"({affiliate}, {customer})" for affiliate, customer in records)
    with zone.reading(), closing(connect()) as connection:
        rows = connection.execute(
            f"""
            with records (affiliate_id, customer_id) as (values {listed}),
            stated as materialized (
                select affiliate_id, customer_id, trim(unnest(said)) as said
                from ({_stated(zone)})
            ),
            mine as (
                select distinct said from stated semi join records using (affiliate_id, customer_id)
                where length(said) >= case
                    when regexp_full_match(said, '[0-9 ]+') then {SHORTEST_NUMBER}
                    else {SHORTEST} end
            ),
            others as (
                select distinct lower(said) as said
                from stated anti join records using (affiliate_id, customer_id)
                union select lower(unnest(said)) from ({_said_of_others(zone)})
            )
            select said from mine
            where not exists (select 1 from others where contains(others.said, lower(mine.said)))
            order by said
            """
        ).fetchall()
    return tuple(said for (said,) in rows)


def _stated(zone: LandingZone) -> str:
    """SQL for (affiliate_id, customer_id, said): everything that rows and events say of people."""
    rows = (
        f"select affiliate_id, {spec.subject.customer} as customer_id, {_texts(stated)} as said "
        f"from ({_versions(zone, spec, ['affiliate_id', spec.subject.customer, *stated])}) "
        f"where _op is distinct from 'delete' and {spec.subject.customer} is not null"
        for spec in TABLES
        if spec.subject and (stated := spec.of_class(*IDENTIFYING))
    )
    return " union all ".join([*rows, _said(zone)])


def _said_of_others(zone: LandingZone) -> str:
    """SQL for (said): everything personal that rows say of affiliates and their users."""
    return " union all ".join(
        f"select {_texts(stated)} as said from ({_versions(zone, spec, stated)})"
        for spec in TABLES
        if spec.subject is None and (stated := spec.of_class(*SEARCHED))
    )


def _said(zone: LandingZone) -> str:
    """SQL for (affiliate_id, customer_id, said): everything that events say of customers."""
    return " union all ".join(
        _said_on(zone, spec) for spec in TOPICS if spec.of_class(*IDENTIFYING)
    )


def _said_on(zone: LandingZone, topic: TopicSpec) -> str:
    fields = (CUSTOMER_ID, *topic.of_class(*IDENTIFYING))
    paths = ", ".join(f"'$.{path}'" for path in ("affiliateid", *(f"data.{f}" for f in fields)))
    return f"""
        select try_cast(e[1] as bigint) as affiliate_id, try_cast(e[2] as bigint) as customer_id,
            e[3:] as said
        from (
            select json_extract_string(coalesce(document::text, try(decode(value))), [{paths}]) as e
            from ({scan(zone, topic.dataset, ("value", "document"))})
        )
    """


def _texts(columns: Iterable[str]) -> str:
    return f"[{', '.join(f'{name}::text' for name in columns)}]"


def _versions(zone: LandingZone, spec: TableSpec, columns: Iterable[str]) -> str:
    return table(zone, spec.qualified, list(dict.fromkeys(columns)))


def _of_one_cluster(settings: Settings, record: Record) -> set[Record]:
    """The person's records as the last build told them apart, those to be erased included."""
    clusters = f"{ALIAS}.identity.int_identity__clusters"
    try:
        with open_warehouse(settings, read_only=True) as connection:
            return _pairs(
                connection,
                f"""
                select affiliate_id, affiliate_customer_id from {clusters}
                where cluster_id in (
                    select cluster_id from {clusters}
                    where affiliate_id = {record[0]} and affiliate_customer_id = {record[1]}
                )
                """,
            )
    except (ConfigurationError, duckdb.CatalogException):
        return set()


def _of_one_id(zone: LandingZone, record: Record) -> set[Record]:
    """Records that have the id that this one has, or had last."""
    columns = ("affiliate_id", "affiliate_customer_id", "customer_id")
    with zone.reading(), closing(connect()) as connection:
        return _pairs(
            connection,
            f"""
            with assigned as (select * from ({scan(zone, ASSIGNMENTS.dataset, columns)})),
            current as (
                select affiliate_id, affiliate_customer_id,
                    arg_max(customer_id, _seq) filter (customer_id is not null) as last_id,
                    arg_max(coalesce(customer_id::text, ''), _seq) as customer_id
                from assigned group by all
            )
            select affiliate_id, affiliate_customer_id from current
            where customer_id = (
                select last_id from current
                where affiliate_id = {record[0]} and affiliate_customer_id = {record[1]}
            ) or (affiliate_id = {record[0]} and affiliate_customer_id = {record[1]})
            """,
        )


def _pairs(connection: duckdb.DuckDBPyConnection, query: str) -> set[Record]:
    return {(int(one), int(other)) for one, other in connection.execute(query).fetchall()}
