from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.durable_files import sha256
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from serving import ReleaseStore, open_release, publish, read_release
from serving.artefacts import INTERNAL_TABLES
from tests.support.release_sample import AS_OF, ask, change


def test_release_holds_every_mart_row_in_key_order(warehouse: Settings) -> None:
    publish(warehouse)
    olap = open_release(warehouse)
    tables = {row[0] for row in olap.execute("SHOW TABLES").fetchall()}
    assert tables == {table.name for table in INTERNAL_TABLES}
    assert ask(olap, "SELECT count(*) FROM customer_order_items") == 80
    for table in INTERNAL_TABLES:
        key = ", ".join(table.key)
        stored = olap.execute(f"SELECT {key} FROM {table.name} ORDER BY rowid").fetchall()
        assert stored == sorted(stored), table.name


def test_nested_columns_are_lists_of_structs(warehouse: Settings) -> None:
    publish(warehouse)
    kind = ask(open_release(warehouse), "SELECT typeof(products_visited) FROM customer_insights")
    assert kind == (
        "STRUCT(affiliate_id BIGINT, product_id BIGINT, visits BIGINT, "
        "last_at TIMESTAMP WITH TIME ZONE)[]"
    )


def test_manifest_describes_the_release(warehouse: Settings) -> None:
    release = publish(warehouse)
    path = release.path / "customer_olap.duckdb"
    entry = release.files["customer_olap.duckdb"]
    assert entry.sha256 == sha256(path)
    assert entry.bytes == path.stat().st_size
    assert entry.tables["customer_orders"].rows == 40
    assert entry.tables["customer_order_items"].key == ("affiliate_id", "order_id", "line_no")
    assert "keys" in entry.checks
    assert "privacy.raw_bytes" in entry.checks
    assert (release.as_of, release.engine, release.landing_position) == (AS_OF, "duckdb", 7)
    assert release.versions["duckdb"] == f"v{duckdb.__version__}"
    assert read_release(warehouse.releases_path / "current") == type(release)(
        **{**vars(release), "path": warehouse.releases_path / "current"}
    )
    assert sorted(path.name for path in release.path.iterdir()) == [
        "affiliates",
        "customer_olap.duckdb",
        "manifest.json",
    ]


def test_same_input_gives_the_same_rows_under_a_newer_name(warehouse: Settings) -> None:
    first, second = publish(warehouse), publish(warehouse)
    assert first.release < second.release
    assert first.release.split("-")[1] == second.release.split("-")[1]
    tables = [release.files["customer_olap.duckdb"].tables for release in (first, second)]
    assert tables[0] == tables[1]


def test_different_rows_give_a_different_content_hash(warehouse: Settings) -> None:
    first = publish(warehouse)
    change(warehouse, "UPDATE wh.marts.customer_orders SET net_amount = 1 WHERE order_id = 1")
    second = publish(warehouse)
    assert first.release.split("-")[1] != second.release.split("-")[1]


def test_old_clients_can_read_the_file_and_no_one_can_write_it(warehouse: Settings) -> None:
    release = publish(warehouse)
    path = release.path / "customer_olap.duckdb"
    with duckdb.connect(path, read_only=True) as connection:
        tags = ask(connection, "SELECT tags FROM duckdb_databases() WHERE path IS NOT NULL")
    assert str(tags["storage_version"]).startswith("v1.2.0")
    for file in (*release.path.glob("*.*"), *release.path.glob("affiliates/*")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o440
    assert stat.S_IMODE(release.path.stat().st_mode) == 0o750


def test_descriptions_are_copied_to_the_release(warehouse: Settings) -> None:
    change(
        warehouse,
        "COMMENT ON TABLE wh.marts.customer IS 'One row per person'",
        "COMMENT ON COLUMN wh.marts.customer.age IS 'Full years; it''s never overstated'",
    )
    olap = open_release(publish(warehouse).path)
    assert ask(olap, "SELECT comment FROM duckdb_tables() WHERE table_name = 'customer'") == (
        "One row per person"
    )
    assert ask(olap, "SELECT comment FROM duckdb_columns() WHERE column_name = 'age'") == (
        "Full years; it's never overstated"
    )


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("DROP TABLE wh.marts.customer_tags", "no mart customer_tags"),
        (
            "ALTER TABLE wh.marts.customer_tags DROP tag_code",
            "customer_tags has no column tag_code",
        ),
        (
            "INSERT INTO wh.marts.customer_tags FROM wh.marts.customer_tags",
            "40 values of customer_id",
        ),
        (
            "UPDATE wh.marts.customer_orders SET order_id = NULL WHERE order_id = 3",
            "1 rows without",
        ),
        (
            "UPDATE wh.marts.customer_orders SET customer_id = 'x' WHERE order_id = 3",
            "customer_id of 1 rows is missing in",
        ),
        ("DELETE FROM wh.meta.build", "not from one complete and tested build"),
        ("DROP TABLE wh.meta.build", "not from one complete and tested build"),
        (
            "ALTER TABLE wh.marts.customer ADD COLUMN bag INTEGER[]",
            "column bag of mart customer is nested",
        ),
        ("DROP TABLE wh.raw.oltp_app_user", "cannot read raw.oltp_app_user"),
    ],
)
def test_failed_check_publishes_nothing_and_leaves_no_trace(
    warehouse: Settings, damage: str, complaint: str
) -> None:
    before = publish(warehouse)
    change(warehouse, damage)
    with pytest.raises(AffiliateError, match=complaint):
        publish(warehouse)
    assert _names(warehouse.releases_path) == {".lock", "current", before.release}
    assert read_release(warehouse.releases_path / "current").release == before.release


def test_guest_orders_have_no_customer(warehouse: Settings) -> None:
    change(warehouse, "UPDATE wh.marts.customer_orders SET customer_id = NULL WHERE order_id = 3")
    assert publish(warehouse).files["customer_olap.duckdb"].tables["customer_orders"].rows == 40


def test_no_warehouse_is_a_configuration_error(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="warehouse does not exist yet"):
        publish(settings)


def test_newest_releases_are_kept_and_leftovers_deleted(warehouse: Settings) -> None:
    published = [publish(warehouse, keep=2).release for _ in range(4)]
    leftover = warehouse.releases_path / ".building-of-a-killed-run"
    leftover.mkdir()
    (leftover / "customer_olap.duckdb").write_bytes(b"half")
    (warehouse.releases_path / ".removing-of-a-killed-run").mkdir()
    published.append(publish(warehouse, keep=2).release)
    assert _names(warehouse.releases_path) == {".lock", "current", *published[-2:]}


def test_current_release_is_never_removed_however_old_its_name(settings: Settings) -> None:
    store = ReleaseStore(settings.releases_path)
    for name in ("a", "b", "c", "d"):
        (store.root / name).mkdir(parents=True)
    store.link.symlink_to("a")
    assert store.prune(2) == ["b"]
    assert store.current() == store.root / "a"


def test_reader_stays_on_the_release_it_opened(warehouse: Settings) -> None:
    publish(warehouse)
    reader = open_release(warehouse)
    change(warehouse, "UPDATE wh.marts.customer_orders SET net_amount = 5")
    seen: list[Any] = []
    newest = publish(
        warehouse,
        keep=1,
        progress=lambda _: seen.append(ask(reader, "SELECT max(net_amount) FROM customer_orders")),
    )
    assert set(map(int, seen)) == {1000}
    assert _names(warehouse.releases_path) == {".lock", "current", newest.release}
    assert int(ask(reader, "SELECT max(net_amount) FROM customer_orders")) == 1000
    assert int(ask(open_release(warehouse), "SELECT max(net_amount) FROM customer_orders")) == 5


def test_second_publisher_fails_with_a_clear_error(warehouse: Settings) -> None:
    refused: list[str] = []

    def publish_again(step: str) -> None:
        if step == "check keys":
            with pytest.raises(AffiliateError) as caught:
                publish(warehouse)
            refused.append(str(caught.value))

    release = publish(warehouse, progress=publish_again)
    assert refused == ["another process is publishing: wait for it to end"]
    assert read_release(warehouse.releases_path / "current").release == release.release


def test_manifest_of_a_release_holds_no_path_of_the_machine(warehouse: Settings) -> None:
    release = publish(warehouse)
    text = (release.path / "manifest.json").read_text()
    assert str(warehouse.home) not in text
    assert json.loads(text)["release"] == release.release


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
