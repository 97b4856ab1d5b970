"""Relations that are no plain tables: read over one connection, and kept as exact."""

from __future__ import annotations

import psycopg
import pytest

from ingestion.landing import DatasetReport, LandingZone
from ingestion.postgres import ingest, rows
from tests.integration.ingestion.landed import current
from tests.support.bare_table import bare_table

ITEM = bare_table("public.item", id="bigint", note="text", paid="decimal(18,2)")
DATASET = "oltp/public.item"
COLUMNS = (
    "id bigint, note text, paid numeric(18,2), "
    "created_at timestamptz default '2024-01-01', updated_at timestamptz default '2024-01-01'"
)
FILL = "insert into {} (id, note, paid) select i, 'n' || i, i from generate_series(1, 9) as i;"


@pytest.fixture(autouse=True)
def _all_tables_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LARGE_PAGES", 1)


@pytest.fixture
def oltp(oltp_dsn: str) -> psycopg.Connection:
    return psycopg.connect(oltp_dsn, autocommit=True)


def run(dsn: str, zone: LandingZone) -> DatasetReport:
    [report] = ingest(dsn, zone, [ITEM])
    return report


def landed(zone: LandingZone) -> list[tuple[object, ...]]:
    return current(zone, DATASET, "id, note, paid::text")


def view(oltp: psycopg.Connection) -> str:
    oltp.execute(f"create table base ({COLUMNS}); create view item as select * from base")
    return "base"


def foreign_table(oltp: psycopg.Connection) -> str:
    oltp.execute("create extension postgres_fdw")
    oltp.execute(
        "create server here foreign data wrapper postgres_fdw options "
        f"(host '{oltp.info.host}', dbname '{oltp.info.dbname}');"
        "create user mapping for public server here options (user 'postgres');"
        f"create table base ({COLUMNS});"
        f"create foreign table item ({COLUMNS}) server here options (table_name 'base')"
    )
    return "base"


def partitioned(oltp: psycopg.Connection) -> str:
    oltp.execute(
        f"create table item ({COLUMNS}, primary key (id)) partition by range (id);"
        "create table low partition of item for values from (0) to (5);"
        "create table high partition of item for values from (5) to (100)"
    )
    return "item"


@pytest.mark.parametrize("make", [view, foreign_table, partitioned])
def test_relation_without_pages_is_kept_in_sync(
    oltp: psycopg.Connection,
    oltp_dsn: str,
    zone: LandingZone,
    make: object,
) -> None:
    assert callable(make)
    base = make(oltp)
    oltp.execute(FILL.format(base) + f"update {base} set paid = 'NaN' where id = 9")
    assert run(oltp_dsn, zone).counts.rows_landed == 9
    assert run(oltp_dsn, zone).manifest_entry is None

    oltp.execute(
        f"delete from {base} where id = 1; update {base} set note = null where id in (2, 9);"
        f"insert into {base} (id, paid) values (10, 10.5)"
    )
    counts = run(oltp_dsn, zone).counts
    assert (counts.rows_landed, counts.rows_deleted) == (3, 1)
    rows_now = oltp.execute(f"select id, note, nullif(paid, 'NaN')::text from {base} order by id")
    assert landed(zone) == rows_now.fetchall()
    assert run(oltp_dsn, zone).manifest_entry is None


def test_materialized_view_is_read_like_a_table(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    oltp.execute(
        f"create table base ({COLUMNS}); {FILL.format('base')}"
        "create materialized view item as select * from base"
    )
    assert run(oltp_dsn, zone).counts.rows_landed == 9
    oltp.execute("update base set note = 'new' where id = 3; refresh materialized view item")
    run(oltp_dsn, zone)
    assert landed(zone)[2] == (3, "new", "3.00")


def test_rows_of_an_attached_partition_are_found(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    partitioned(oltp)
    oltp.execute(FILL.format("item"))
    oltp.execute(f"create table late ({COLUMNS}, primary key (id)); insert into late values (100)")
    run(oltp_dsn, zone)
    oltp.execute("update item set note = 'seen' where id = 1")
    run(oltp_dsn, zone)  # every position is beyond the rows of the partition now
    oltp.execute("alter table item attach partition late for values from (100) to (200)")
    assert run(oltp_dsn, zone).counts.mode == "resync"
    assert landed(zone)[-1] == (100, None, None)


def test_composite_keys_of_all_types_are_supported(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    spec = bare_table("public.pair", primary_key=("a", "b"), a="text", b="bigint", n="bigint")
    oltp.execute(
        "create table pair (b bigint, a varchar(9), n bigint, created_at timestamptz,"
        " updated_at timestamptz, primary key (a, b));"
        "insert into pair select i % 3, 'k' || i / 3, i from generate_series(1, 30) as i"
    )
    ingest(oltp_dsn, zone, [spec])
    oltp.execute("delete from pair where n = 7; update pair set b = 9 where n = 8")
    [report] = ingest(oltp_dsn, zone, [spec])
    assert (report.counts.rows_landed, report.counts.rows_deleted) == (1, 2)
    now = oltp.execute("select a, b, n from pair order by a, b, n").fetchall()
    assert current(zone, "oltp/public.pair", "a, b, n", key="a, b") == now
    assert ingest(oltp_dsn, zone, [spec])[0].manifest_entry is None
