"""An affiliate's file: its own rows, its own customers' names, and no ID of the platform."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from affiliate.commands.file_key import file_key as print_file_key
from core.durable_files import sha256
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from privacy.pairwise import pseudonym
from privacy.pseudonym import file_key, key_id
from privacy.scan import PrivacyError
from serving import AFFILIATE_TABLES, Release, open_release, publish
from serving.affiliate_files import stage
from tests.documented import DOCS
from tests.support.release_sample import KEY, ask, change, with_key

READERS_PAGE = DOCS / "how-to" / "give-an-affiliate-its-file.md"
NEXT_KEY = "11ee" * 16
ACTIVE = ["shop-1", "shop-2", "shop-3", "shop-4"]


@pytest.fixture
def keyed(warehouse: Settings) -> Settings:
    """Settings with a known key."""
    return with_key(warehouse, KEY)


def test_each_active_affiliate_has_a_file_with_the_rows_of_its_records(
    published: tuple[Path, Release],
) -> None:
    warehouse, release = published
    files = sorted(path.name for path in (release.path / "affiliates").iterdir())
    assert files == [f"{slug}.duckdb" for slug in ACTIVE]
    for number, slug in enumerate(ACTIVE, 1):
        entry = release.files[f"affiliates/{slug}.duckdb"]
        assert entry.sha256 == sha256(release.path / f"affiliates/{slug}.duckdb")
        assert entry.affiliate_id == number
        assert {"keys", "pseudonyms", "contacts", "privacy.texts"} < set(entry.checks)
        file = open_release(release.path, affiliate=slug)
        assert {row[0] for row in file.execute("SHOW TABLES").fetchall()} == set(entry.tables)
        with duckdb.connect(warehouse, read_only=True) as wh:
            of_affiliate = f"FROM own.own_customer WHERE affiliate_id = {number}"
            named = wh.execute(f"SELECT full_name, email, phone {of_affiliate}").fetchall()
            rows = ask(wh, f"SELECT count(*) {of_affiliate}")
        ours = file.execute("SELECT full_name, email, phone FROM customer").fetchall()
        assert sorted(ours) == sorted(named)
        assert "benchmark" in entry.tables
        assert entry.tables["customer_order_items"].rows == 2 * rows
        assert ask(file, "SELECT count(DISTINCT affiliate) FROM customer_orders") == 1
        assert ask(file, "SELECT any_value(affiliate) FROM customer_orders") == slug
        told = "SELECT DISTINCT comment FROM duckdb_columns() WHERE column_name = 'affiliate'"
        assert file.execute(told).fetchall() == [("Slug of the affiliate.",)]


def test_every_id_is_a_pseudonym_of_the_affiliate(published: tuple[Path, Release]) -> None:
    warehouse, release = published
    file = open_release(release.path, affiliate="shop-2")
    key = bytes.fromhex(KEY)
    with duckdb.connect(warehouse, read_only=True) as wh:
        ids = wh.execute(
            "SELECT affiliate_customer_id FROM own.own_customer WHERE affiliate_id = 2"
        )
        customers = {pseudonym(key, 2, "customer", str(row[0])) for row in ids.fetchall()}
    found = {row[0] for row in file.execute("SELECT customer_id FROM customer").fetchall()}
    assert found == customers
    assert all(re.fullmatch(rf"{key_id(key)}_[A-Z2-7]{{26}}", value) for value in found)
    product = pseudonym(key, 2, "product", "3")
    for expression, table in (
        ("product_id", "customer_order_items"),
        ("products_visited[1].product_id", "customer_insights"),
        ("products_purchased[1].product_id", "customer_insights"),
        ("min(value) FILTER (dimension = 'product')", "customer_interests"),
    ):
        assert ask(file, f"SELECT {expression} FROM {table}") == product
    assert ask(file, "SELECT min(value) FROM customer_interests WHERE dimension = 'brand'") == (
        "Bob Brown"
    )
    owners = {pseudonym(key, 2, "owner", str(owner)) for owner in range(7)}
    told = file.execute("SELECT value FROM sales_funnel_breakdown").fetchall()
    assert {value for (value,) in told} <= owners | {"none"}
    assert ("none",) in told
    assert len(told) > 1
    for table, others in (
        ("customer_orders", "customer USING (customer_id)"),
        ("order_status_history", "customer_orders USING (order_id)"),
        ("deals", "customer USING (customer_id)"),
        ("deal_stage_intervals", "deals USING (deal_id, owner_id)"),
        ("deals", "sales_funnel_breakdown b ON b.value = owner_id"),
        ("follow_ups", "deals USING (deal_id, owner_id, customer_id)"),
    ):
        assert ask(file, f"SELECT count(*) FROM {table} JOIN {others}") > 0


def test_rows_are_sorted_by_pseudonym(published: tuple[Path, Release]) -> None:
    _, release = published
    file = open_release(release.path, affiliate="shop-1")
    for table in AFFILIATE_TABLES:
        key = ", ".join(table.key)
        stored = file.execute(f"SELECT {key} FROM {table.name} ORDER BY rowid").fetchall()
        assert stored == sorted(stored), table.name


def test_pseudonyms_are_stable_and_mapped_during_key_rotation(keyed: Settings) -> None:
    def customers(settings: Settings) -> dict[str, str]:
        file = open_release(publish(settings).path, affiliate="shop-1")
        rows = file.execute("SELECT full_name, customer_id FROM customer").fetchall()
        return dict(rows)

    before = customers(keyed)
    assert customers(keyed) == before
    exchanged = with_key(keyed, NEXT_KEY, previous=KEY)
    after = customers(exchanged)
    assert set(after.values()).isdisjoint(before.values())
    mapping = open_release(exchanged, affiliate="shop-1").execute(
        "SELECT previous, pseudonym FROM pseudonym_mapping WHERE kind = 'customer'"
    )
    assert dict(mapping.fetchall()) == {before[name]: after[name] for name in before}
    assert customers(with_key(keyed, NEXT_KEY)) == after
    with pytest.raises(ConfigurationError, match="equals the current key"):
        publish(with_key(keyed, KEY, previous=KEY))


def test_encrypted_files_open_with_their_own_key_only(
    keyed: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    release = publish(keyed.model_copy(update={"encrypt_affiliate_files": True}))
    path = release.path / "affiliates/shop-1.duckdb"
    assert release.files["affiliates/shop-1.duckdb"].encrypted
    assert b"mail-" not in path.read_bytes()
    ours, other = (file_key(bytes.fromhex(KEY), number) for number in (1, 2))
    monkeypatch.setenv("AFFILIATE_HOME", str(keyed.home))
    monkeypatch.setenv("AFFILIATE_PSEUDONYM_KEY", KEY)
    print_file_key("shop-1")
    assert capsys.readouterr().out == f"{ours}\n"
    # the documented way for a reader who has DuckDB, the file and its key
    (told,) = re.findall(r"```sql\n(ATTACH .*?)```", READERS_PAGE.read_text(), re.DOTALL)
    with duckdb.connect() as reader:
        command = told.replace("aff-books-01.duckdb", str(path)).replace("…", ours)
        rows = len(reader.execute(command).fetchall())
    assert rows == release.files["affiliates/shop-1.duckdb"].tables["customer"].rows
    assert ask(open_release(keyed, affiliate="shop-1"), "SELECT count(*) FROM customer") == rows
    given = open_release(release.path, affiliate="shop-1", encryption_key=ours)
    assert ask(given, "SELECT count(*) FROM customer") == rows
    with pytest.raises(ConfigurationError, match="is the key correct"):
        open_release(release.path, affiliate="shop-1", encryption_key=other)


@pytest.mark.parametrize("slug", ["../../etc", "'; DROP TABLE x--", "shop-2", None])
def test_an_invalid_slug_costs_only_its_own_file(keyed: Settings, slug: str | None) -> None:
    written = "NULL" if slug is None else "'" + slug.replace("'", "''") + "'"
    change(
        keyed,
        f"UPDATE wh.staging.stg_oltp__affiliates SET slug = {written} WHERE affiliate_id = 1",
    )
    release = publish(keyed)
    refused = [1, 2] if slug == "shop-2" else [1]
    assert list(release.affiliates_without_file) == refused
    files = {path.name for path in keyed.releases_path.rglob("*.duckdb")}
    served = {f"shop-{number}.duckdb" for number in range(1, 5) if number not in refused}
    assert files == {"customer_olap.duckdb", *served}


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (
            "ALTER TABLE wh.own.own_customer_orders ADD COLUMN owner_id BIGINT DEFAULT 7",
            "customer_orders.owner_id is an ID that is not pseudonymised",
        ),
        (
            "ALTER TABLE wh.own.own_customer ADD COLUMN person VARCHAR DEFAULT md5('customer 7')",
            "customer.person: 1 unified customer IDs",
        ),
        (
            "UPDATE wh.own.own_customer SET email = 'person7@mail-7.example.org' "
            "WHERE affiliate_id = 1 AND affiliate_customer_id = 5",
            "customer.email: 1 values are not from",
        ),
        (
            "UPDATE wh.own.own_customer_insights SET next_best_products = list_transform("
            "next_best_products, x -> struct_update(x, reason := 'as person7@x.example has'))",
            r"customer_insights.next_best_products.reason \(email, 1\)",
        ),
        (
            "ALTER TABLE wh.own.own_customer ADD COLUMN birth_date DATE DEFAULT DATE '1971-01-01'",
            r"customer.birth_date \(named after a personal attribute",
        ),
        (
            "INSERT INTO wh.own.own_customer_orders FROM wh.own.own_customer_orders LIMIT 1",
            "1 values of order_id are not unique",
        ),
        ("DROP TABLE wh.own.own_customer_tags", "no mart own_customer_tags"),
        ("DROP TABLE wh.staging.stg_oltp__affiliates", "the warehouse has no affiliates"),
    ],
)
def test_data_of_another_affiliate_is_refused(keyed: Settings, damage: str, complaint: str) -> None:
    change(keyed, damage)
    with pytest.raises((PrivacyError, AffiliateError), match=complaint):
        publish(keyed)
    assert [path.name for path in keyed.releases_path.iterdir()] == [".lock"]


def test_no_byte_of_another_affiliates_customers_is_in_a_file(
    published: tuple[Path, Release],
) -> None:
    warehouse, release = published
    with duckdb.connect(warehouse, read_only=True) as wh:
        known = wh.execute(
            "SELECT affiliate_id, [full_name, email, phone, identifier] "
            "FROM raw.oltp_affiliate_customer"
        ).fetchall()
    for number, slug in enumerate(ACTIVE, 1):
        own = {value for affiliate, values in known if affiliate == number for value in values}
        others = {value for _, values in known for value in values} - own
        content = decoded_and_raw(release, slug)
        assert [value for value in others if value.encode() in content] == []
        assert any(value.encode() in content for value in own)


def decoded_and_raw(release: Release, slug: str) -> bytes:
    """The bytes of the file, and every value in it as text."""
    path: Path = release.path / f"affiliates/{slug}.duckdb"
    file = open_release(release.path, affiliate=slug)
    tables = release.files[f"affiliates/{slug}.duckdb"].tables
    rows = [str(row) for table in tables for row in file.execute(f"FROM {table}").fetchall()]
    return path.read_bytes() + "\n".join(rows).encode()


def test_lists_do_not_depend_on_the_batch_size(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = publish(warehouse)
    monkeypatch.setattr(stage, "ROWS_AT_A_TIME", 2)
    in_parts = publish(warehouse)
    assert [file.tables for file in in_parts.files.values()] == [
        file.tables for file in at_once.files.values()
    ]
