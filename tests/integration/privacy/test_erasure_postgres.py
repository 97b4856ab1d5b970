"""Somebody is erased while the warehouse is in PostgreSQL: nothing is left of her on its disk."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from core.errors import AffiliateError
from core.settings import Settings
from ingestion.embedded import EmbeddedPostgres
from ingestion.landing import LandingZone
from privacy.erasure import erasing
from privacy.erasure.warehouse import SCHEMAS
from tests.support import erasable
from tests.support.erasable import HERS, HERS_ELSEWHERE, ZORA
from tests.support.searching import found_in
from warehouse.load import load

#: What a build leaves: persons, a table that was replaced in part, one in the making, a view.
BUILD = """
create schema identity;
create schema marts;
create schema own;
create table identity.int_identity__clusters as
    select affiliate_id, id as affiliate_customer_id, 'cluster' as cluster_id
    from raw.oltp_affiliate_customer where id in (10, 20);
create table own.own_customer as select * from raw.oltp_affiliate_customer, generate_series(1, 200);
update own.own_customer set gender = 'x';
create table own.own_customer__dbt_tmp as select * from own.own_customer;
create materialized view marts.names as select full_name from own.own_customer;
create view marts.customer as select * from own.own_customer;
grant select on own.own_customer to public;
analyze;
"""


@pytest.fixture
def settings(tmp_path: Path, oltp_dsn: str) -> Settings:
    settings = Settings(
        home=tmp_path,
        engine="postgres",
        warehouse_dsn=SecretStr(oltp_dsn),
        pseudonym_key=SecretStr("0" * 64),
        _env_file=None,
    )
    erasable.land(LandingZone(settings.landing_path))
    load(settings, LandingZone(settings.landing_path))
    with psycopg.connect(oltp_dsn, autocommit=True) as server:
        server.execute(BUILD)
    return settings


def on_disk(server: EmbeddedPostgres, dsn: str, tokens: tuple[str, ...]) -> list[str]:
    """Where the database's files hold a token; the write-ahead log is not looked at."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("checkpoint")
        ((oid,),) = connection.execute(
            "select oid from pg_database where datname = current_database()"
        ).fetchall()
    return found_in(server.data / "base" / str(oid), tokens)


def test_erased_values_are_not_left_on_the_servers_disk(
    settings: Settings, postgres_server: EmbeddedPostgres, oltp_dsn: str
) -> None:
    zone = LandingZone(settings.landing_path)
    said = (*HERS, *HERS_ELSEWHERE)
    assert {line.rsplit(": ")[-1] for line in on_disk(postgres_server, oltp_dsn, said)} == set(said)
    settings.warehouse_path.parent.mkdir()
    settings.warehouse_path.write_text(f"left from when the engine was another one: {said}")
    erasing.request(settings, zone, ZORA, "all", request_id="R-1")
    erasing.erase_landed(settings, zone)

    assert on_disk(postgres_server, oltp_dsn, said) == []
    with psycopg.connect(oltp_dsn) as server:
        left = server.execute(
            "select nspname from pg_class join pg_namespace as n on n.oid = relnamespace "
            "where nspname = any(%s)",
            [list(SCHEMAS)],
        ).fetchall()
    assert left == []

    load(settings, zone)
    (receipt,) = erasing.finish(settings)
    assert receipt.residue == 0
    assert on_disk(postgres_server, oltp_dsn, said) == []


def test_value_that_reappears_in_the_warehouse_is_found(settings: Settings, oltp_dsn: str) -> None:
    zone = LandingZone(settings.landing_path)
    erasing.request(settings, zone, ZORA, "all", request_id="R-1")
    erasing.erase_landed(settings, zone)
    with psycopg.connect(oltp_dsn, autocommit=True) as server:
        server.execute("create table own.copied (told jsonb)")
        server.execute(
            "insert into own.copied values (jsonb_build_object('said', %s::text))", [HERS[1]]
        )
    with pytest.raises(AffiliateError, match=r"warehouse: own\.copied\.told"):
        erasing.finish(settings)
