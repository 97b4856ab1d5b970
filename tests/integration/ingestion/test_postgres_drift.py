"""Columns that come, go and change: nothing changes silently, and nothing else stops."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pyarrow.parquet as pq
import pytest

from contracts.tables import TableSpec
from ingestion.landing import DatasetReport, IncompleteIngestError, LandingZone
from ingestion.postgres import ingest
from tests.integration.ingestion.landed import current
from tests.support.bare_table import bare_table

PRODUCT = bare_table("public.product", id="bigint", sku="text", price="bigint")
OTHER = bare_table("public.other", id="bigint")
TABLES = (PRODUCT, OTHER)
DATASET = "oltp/public.product"


@pytest.fixture
def oltp(oltp_dsn: str) -> psycopg.Connection:
    """Two tables of two rows each, and a role that may read them."""
    connection = psycopg.connect(oltp_dsn, autocommit=True)
    audit = "created_at timestamptz default now(), updated_at timestamptz default now()"
    connection.execute(
        f"create table product (id bigint primary key, sku text, price bigint, {audit});"
        f"create table other (id bigint primary key, {audit});"
        "insert into product values (1, 'a', 10), (2, 'b', 20);"
        "insert into other values (1), (2)"
    )
    return connection


def run(dsn: str, zone: LandingZone, *tables: TableSpec) -> DatasetReport:
    """Ingests and returns the report on the first table."""
    return ingest(dsn, zone, tables or TABLES)[0]


def landed_columns(zone: LandingZone) -> set[str]:
    return {
        name for _, file in zone.files(DATASET) for name in pq.read_schema(zone.path(file)).names
    }


def test_added_column_is_landed_for_all_rows_and_reported(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    run(oltp_dsn, zone)
    # a default reaches every row without any transaction writing one
    oltp.execute("alter table product add column weight numeric(6,2) default 1.50")
    oltp.execute("alter table product add column made_on date default 'infinity'")
    report = run(oltp_dsn, zone)
    assert report.counts.mode == "resync"
    assert report.warnings == (
        "public.product: weight (numeric(6,2)) is landed and not in the contract",
        "public.product: made_on (date) is landed and not in the contract",
    )
    rows = current(zone, DATASET, "id, weight::text, made_on, _issues")
    assert rows == [(n, "1.50", None, "made_on=infinity") for n in (1, 2)]

    oltp.execute("update product set weight = 'NaN', made_on = null where id = 2")
    assert run(oltp_dsn, zone).counts.rows_landed == 1
    assert current(zone, DATASET, "weight::text, _issues")[1] == (None, "weight=NaN")
    assert run(oltp_dsn, zone).manifest_entry is None


def test_added_column_can_have_any_name(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    names = ['"Gross ""weight"", kg"', '"größe"', '"select"', f'"{"a" * 63}"']
    for name in names:
        oltp.execute(f"alter table product add column {name} numeric(4,1) default 2.5")
    run(oltp_dsn, zone)
    texts = ", ".join(f"{name}::text" for name in names)
    assert current(zone, DATASET, texts) == [("2.5",) * 4] * 2


def test_excluded_column_is_neither_read_nor_reported(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    oltp.execute("alter table product add column secret text default 'hush'")
    report = run(oltp_dsn, zone, replace(PRODUCT, excluded=("secret",)))
    assert report.warnings == ()
    assert "secret" not in landed_columns(zone)
    assert not any(b"hush" in zone.path(file).read_bytes() for _, file in zone.files(DATASET))


def test_unreadable_column_is_reported_and_not_read(
    oltp: psycopg.Connection, oltp_dsn: str, reader_dsn: str, zone: LandingZone
) -> None:
    oltp.execute("alter table product add column cost bigint default 7")
    oltp.execute(
        "do $$ begin create role platform_reader login; "
        "exception when duplicate_object then null; end $$;"
        "grant select on other to platform_reader;"
        "grant select (xmin, id, sku, price, created_at, updated_at) on product to platform_reader"
    )
    report = run(reader_dsn, zone)
    assert report.warnings == (
        "public.product: cost is not in the contract and not read: the OLTP's role may not",
    )
    assert "cost" not in landed_columns(zone)


def test_columns_with_reserved_names_are_reported_and_not_read(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    names = ("_op", "_Seq", "PRICE")
    for name in names:
        oltp.execute(f"alter table product add column \"{name}\" text default 'theirs'")
    report = run(oltp_dsn, zone)
    assert report.warnings == tuple(
        f"public.product: {name} is not in the contract and not read: "
        "landed files have another column of this name"
        for name in names
    )
    assert current(zone, DATASET, "_op, price") == [("upsert", 10), ("upsert", 20)]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("drop column sku", r"no column sku any more, which was text"),
        ("rename column sku to code", r"no column sku any more, which was text"),
        ("alter column price type text", r"product\.price was bigint and is text in the OLTP now"),
        (
            "alter column price type numeric(9,2)",
            r"product\.price was bigint and is numeric\(9,2\) in the OLTP now",
        ),
        ("drop column extra", r"no column extra any more, which was integer"),
        ("rename column extra to more", r"no column extra any more, which was integer"),
        ("alter column extra type bigint", r"product\.extra was integer and is bigint in the OLTP"),
    ],
)
def test_dropped_or_retyped_column_stops_only_its_table(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone, change: str, complaint: str
) -> None:
    oltp.execute("alter table product add column extra integer default 3")
    run(oltp_dsn, zone)
    before = current(zone, DATASET, "id, sku, price, extra")
    oltp.execute(f"insert into product values (3, 'c', 30); alter table product {change}")
    oltp.execute("insert into other values (3)")
    with pytest.raises(IncompleteIngestError, match=complaint) as caught:
        run(oltp_dsn, zone)
    assert set(caught.value.failures) == {DATASET}
    assert [(r.dataset, r.counts.rows_landed) for r in caught.value.reports] == [
        ("oltp/public.other", 1)
    ]
    assert current(zone, DATASET, "id, sku, price, extra") == before


def test_dropped_column_can_be_excluded(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    oltp.execute("alter table product add column extra integer default 3")
    run(oltp_dsn, zone)
    oltp.execute("alter table product drop column extra")
    assert run(oltp_dsn, zone, replace(PRODUCT, excluded=("extra",))).counts.mode == "resync"


def test_compatible_type_change_is_accepted(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    run(oltp_dsn, zone)
    oltp.execute("alter table product alter column sku type varchar(20)")
    oltp.execute("alter table product alter column price type integer")
    assert run(oltp_dsn, zone).warnings == ()
    assert current(zone, DATASET, "sku, price") == [("a", 10), ("b", 20)]


def test_file_footers_contain_no_values_of_unknown_columns(
    oltp: psycopg.Connection, oltp_dsn: str, zone: LandingZone
) -> None:
    oltp.execute("alter table product add column social_security bigint default 123456789")
    run(oltp_dsn, zone)
    ((_, file),) = zone.files(DATASET)
    group = pq.read_metadata(zone.path(file)).row_group(0)
    shown = {
        group.column(i).path_in_schema
        for i in range(group.num_columns)
        if group.column(i).statistics is not None
    }
    assert shown == {"id", "_xid"}
