"""The OLTP's tables in the landing zone: full, then what changed, deletes included."""

from __future__ import annotations

import psycopg
import pyarrow.parquet as pq
import pytest

from contracts.tables import TABLES
from core.errors import ConfigurationError
from ingestion.embedded import EmbeddedPostgres
from ingestion.landing import Counts, DatasetReport, IncompleteIngestError, LandingZone
from ingestion.postgres import ingest
from oltp.migrate import migrate
from tests.integration.ingestion.landed import current, versions

CUSTOMERS = "oltp/affiliate.affiliate_customer"
PRODUCTS = "oltp/sales.product"


@pytest.fixture
def oltp(oltp_dsn: str) -> psycopg.Connection:
    """Two affiliates with a hundred customers."""
    migrate(oltp_dsn)
    connection = psycopg.connect(oltp_dsn, autocommit=True)
    connection.execute("insert into affiliate.affiliate (id, slug) values (1, 'a'), (2, 'b')")
    connection.execute(
        "insert into affiliate.affiliate_customer (id, affiliate_id, full_name) "
        "select i, 1 + i % 2, 'name ' || i from generate_series(1, 100) as i"
    )
    return connection


def by_dataset(reports: list[DatasetReport]) -> dict[str, DatasetReport]:
    return {report.dataset: report for report in reports}


def test_first_run_lands_all_rows(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    told: dict[str, int] = {}
    reports = by_dataset(ingest(reader_dsn, zone, progress=told.__setitem__))
    assert set(reports) == set(told) == {f"oltp/{spec.qualified}" for spec in TABLES}
    assert reports[CUSTOMERS].counts == Counts("full", rows_read=100, rows_landed=100)
    assert told[CUSTOMERS] == 100
    assert current(zone, CUSTOMERS, "id, full_name, _source")[:1] == [(1, "name 1", "oltp")]
    assert current(zone, "oltp/affiliate.affiliate", "slug") == [("a",), ("b",)]


def test_run_without_changes_lands_nothing(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    ingest(reader_dsn, zone)
    oltp.execute("create table public.elsewhere as select 1 as x")  # advances the low watermark
    reports = ingest(reader_dsn, zone)
    assert {report.manifest_entry for report in reports} == {None}
    assert len(zone.entries()) == 1


def test_delta_contains_only_changed_rows(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    ingest(reader_dsn, zone)
    oltp.execute("update affiliate.affiliate_customer set full_name = 'new' where id in (3, 4)")
    oltp.execute("update affiliate.affiliate_customer set id = 105 where id = 5")
    oltp.execute("delete from affiliate.affiliate_customer where id = 6")
    report = by_dataset(ingest(reader_dsn, zone))[CUSTOMERS]
    assert report.counts == Counts("delta", rows_read=3, rows_landed=3, rows_deleted=2)
    (delta,) = zone.entries(after=1)
    assert [file.dataset for file in delta.files] == [CUSTOMERS]
    rows = oltp.execute("select id, full_name from affiliate.affiliate_customer order by id")
    assert current(zone, CUSTOMERS, "id, full_name") == rows.fetchall()
    assert not any(report.counts.rows_read for report in ingest(reader_dsn, zone))


def test_reinserted_key_is_landed_again(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    ingest(reader_dsn, zone)
    oltp.execute("delete from affiliate.affiliate_customer where id = 6")
    ingest(reader_dsn, zone)
    oltp.execute("insert into affiliate.affiliate_customer (id, affiliate_id) values (6, 2)")
    ingest(reader_dsn, zone)
    assert current(zone, CUSTOMERS, "id, affiliate_id")[5] == (6, 2)


@pytest.mark.parametrize("vanishing", ["id > 79", "true"], ids=["21 %", "all"])
def test_mass_deletion_stops_only_its_table(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone, vanishing: str
) -> None:
    ingest(reader_dsn, zone)
    oltp.execute(f"delete from affiliate.affiliate_customer where {vanishing}")
    oltp.execute("insert into sales.product (id, affiliate_id, unit_price) values (1, 1, 2)")
    with pytest.raises(IncompleteIngestError, match=r"\d+ of 100 rows were deleted") as caught:
        ingest(reader_dsn, zone)
    assert set(caught.value.failures) == {CUSTOMERS}
    assert by_dataset(caught.value.reports)[PRODUCTS].counts.rows_landed == 1
    assert len(current(zone, CUSTOMERS, "id")) == 100

    left = oltp.execute("select id from affiliate.affiliate_customer order by id").fetchall()
    ingest(reader_dsn, zone, accept_deletes=True)
    assert current(zone, CUSTOMERS, "id") == left


def test_deletion_of_one_fifth_is_accepted(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    ingest(reader_dsn, zone)
    oltp.execute("delete from affiliate.affiliate_customer where id > 80")
    assert by_dataset(ingest(reader_dsn, zone))[CUSTOMERS].counts.rows_deleted == 20


def test_rows_that_become_visible_without_a_write_are_found(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    policy = "alter policy read_all on affiliate.affiliate_customer using"
    oltp.execute(f"{policy} (id <= 90)")
    ingest(reader_dsn, zone)
    oltp.execute("insert into affiliate.affiliate (id, slug) values (3, 'c')")
    ingest(reader_dsn, zone)  # every position is beyond the hidden rows now
    oltp.execute(f"{policy} (true)")
    assert by_dataset(ingest(reader_dsn, zone))[CUSTOMERS].counts.mode == "resync"
    assert len(current(zone, CUSTOMERS, "id")) == 100


def test_recreated_table_is_read_in_full(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    oltp.execute("create table affiliate.copy (like affiliate.affiliate_customer including all)")
    oltp.execute(
        "insert into affiliate.copy select * from affiliate.affiliate_customer;"
        "update affiliate.copy set full_name = 'copied'"
    )
    oltp.execute("grant select on affiliate.copy to platform_reader")
    ingest(reader_dsn, zone)
    oltp.execute("alter table affiliate.affiliate_customer rename to old")
    oltp.execute("alter table affiliate.copy rename to affiliate_customer")
    assert by_dataset(ingest(reader_dsn, zone))[CUSTOMERS].counts.mode == "resync"
    assert set(current(zone, CUSTOMERS, "full_name")) == {("copied",)}


def test_account_numbers_are_neither_readable_nor_landed(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    oltp.execute(
        "insert into affiliate.affiliate_bank_account "
        "(id, affiliate_id, bank_name, account_number, iban) "
        "values (1, 1, 'A Bank', '0123456789', 'DE02120300000000202051')"
    )
    ingest(reader_dsn, zone)
    dataset = "oltp/affiliate.affiliate_bank_account"
    assert current(zone, dataset, "id, bank_name") == [(1, "A Bank")]
    ((_, file),) = zone.files(dataset)
    assert not {"account_number", "iban"} & set(pq.read_schema(zone.path(file)).names)
    with (
        psycopg.connect(reader_dsn) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute("select iban from affiliate.affiliate_bank_account")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("alter table sales.product drop column brand", "sales.product: .* no column brand"),
        (
            "alter table sales.product alter column unit_price type numeric(20,4)",
            r"sales.product.unit_price was decimal\(18,2\) and is numeric\(20,4\)",
        ),
        (
            "alter table sales.product alter column sku type bigint using 1",
            "sales.product.sku was text and is bigint",
        ),
        ("revoke select on sales.product from platform_reader", "grant select .* on sales.product"),
        ("alter table sales.product rename to goods", "sales.product does not exist"),
    ],
    ids=["dropped", "widened", "retyped", "closed", "renamed"],
)
def test_contract_violation_stops_only_its_table(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone, change: str, complaint: str
) -> None:
    oltp.execute(change)
    with pytest.raises(IncompleteIngestError, match=complaint) as caught:
        ingest(reader_dsn, zone)
    assert set(caught.value.failures) == {PRODUCTS}
    assert len(current(zone, CUSTOMERS, "id")) == 100


def test_unsupported_values_are_recorded_as_issues(
    oltp: psycopg.Connection, reader_dsn: str, zone: LandingZone
) -> None:
    oltp.execute("truncate affiliate.affiliate_customer cascade")
    oltp.execute(
        "insert into affiliate.affiliate_customer "
        "(id, affiliate_id, total_purchase, birth_date, country, created_at) values "
        "(1, 1, 'NaN', 'infinity', 'DE', '-infinity'),"
        "(2, 1, 9999999999999999.99, '0001-01-01', null, '0001-01-01 00:00:00+00'),"
        "(3, 1, -9999999999999999.99, '4713-01-01 BC', '', '294276-12-31 00:00:00+00')"
    )
    ingest(reader_dsn, zone)
    columns = "id, total_purchase::text, birth_date::text, country, year(created_at), _issues"
    far = "created_at=294276-12-31 00:00:00+00"
    assert versions(zone, CUSTOMERS, columns) == [
        (1, None, None, "DE", None, "birth_date=infinity,total_purchase=NaN,created_at=-infinity"),
        (2, "9999999999999999.99", "0001-01-01", None, 1, None),
        (3, "-9999999999999999.99", "4713-01-01 (BC)", "", None, far),
    ]


@pytest.mark.parametrize(
    "dsn",
    [
        # pragma: allowlist nextline secret
        "postgresql://ann:sesame@127.0.0.1:1/x",
        "host=127.0.0.1 port=1 user=ann password=sesame dbname=x",
        "sesame sesame",
    ],
    ids=["unreachable", "keywords", "malformed"],
)
def test_unreachable_server_error_is_one_line_without_secrets(dsn: str, zone: LandingZone) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ingest(dsn, zone)
    assert "\n" not in str(caught.value)
    assert "sesame" not in str(caught.value)
    assert "AFFILIATE_OLTP_DSN" in str(caught.value)


def test_rejected_login_is_a_configuration_error(
    oltp: psycopg.Connection,
    postgres_server: EmbeddedPostgres,
    postgres_database: str,
    zone: LandingZone,
) -> None:
    with pytest.raises(ConfigurationError, match="rejects the login"):
        ingest(postgres_server.dsn(postgres_database, user="nobody_known"), zone)
    assert zone.latest is None
