from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.errors import ConfigurationError
from core.settings import Settings
from serving import Release, open_release, publish
from tests.support.release_sample import ask, change


def test_without_a_release_the_error_names_the_command_to_run(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="no release yet: run `affiliate run` first"):
        open_release(settings)


def test_link_to_a_deleted_release_is_ignored(settings: Settings) -> None:
    settings.releases_path.mkdir(parents=True)
    (settings.releases_path / "current").symlink_to("gone")
    with pytest.raises(ConfigurationError, match="no release yet"):
        open_release(settings)


def test_release_of_the_configured_home_is_the_default(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish(warehouse)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AFFILIATE_HOME", str(warehouse.home))
    assert ask(open_release(), "SELECT count(*) FROM customer") == 40


def test_path_or_name_pins_a_release(warehouse: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    old = publish(warehouse)
    change(warehouse, "UPDATE wh.marts.customer_orders SET net_amount = 5")
    publish(warehouse)
    monkeypatch.setenv("AFFILIATE_HOME", str(warehouse.home))
    for pinned in (old.path, str(old.path), old.path.name):
        assert ask(open_release(pinned), "SELECT max(net_amount) FROM customer_orders") == 1000
    assert ask(open_release(warehouse), "SELECT max(net_amount) FROM customer_orders") == 5


def test_tables_have_short_and_long_names_in_utc(published: tuple[Path, Release]) -> None:
    _, release = published
    olap = open_release(release.path)
    assert ask(olap, "SELECT count(*) FROM customer") == 40
    assert ask(olap, "SELECT count(*) FROM marts.customer") == 40
    assert ask(olap, "SELECT current_setting('TimeZone')") == "UTC"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM customer",
        "CREATE TABLE marts.mine AS SELECT 1",
        "DROP TABLE customer",
        "ALTER TABLE customer ADD COLUMN x INTEGER",
        "COPY customer TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/other.duckdb' AS other",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '{release}/manifest.json'",
        "SELECT * FROM glob('/*')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET temp_directory = '{folder}'",
        "PRAGMA enable_logging",
    ],
)
def test_reader_can_neither_write_nor_reach_anything_else(
    published: tuple[Path, Release], tmp_path: Path, statement: str
) -> None:
    _, release = published
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with pytest.raises(duckdb.Error):
        open_release(release.path).execute(
            statement.format(folder=folder, release=release.path)
        ).fetchall()
    assert list(folder.iterdir()) == []
    assert len(list(release.path.iterdir())) == 3


def test_temporary_tables_and_data_frames_are_allowed(published: tuple[Path, Release]) -> None:
    import pandas as pd

    _, release = published
    olap = open_release(release.path)
    olap.execute("CREATE TEMP TABLE mine AS SELECT customer_id FROM customer LIMIT 3")
    olap.register("weights", pd.DataFrame({"age": [30], "weight": [2]}))
    assert ask(olap, "SELECT count(*) FROM mine") == 3
    assert ask(olap, "SELECT sum(weight) FROM customer JOIN weights USING (age)") == 80


@pytest.mark.parametrize("slug", ["../../etc/x", "", "A", "a/b", "a\n", "-a", "a" * 64, "a.b", "ä"])
def test_slug_cannot_leave_the_release(published: tuple[Path, Release], slug: str) -> None:
    _, release = published
    with pytest.raises(ConfigurationError, match="slug is 1 to 63"):
        open_release(release.path, affiliate=slug)


def test_affiliate_without_a_file_is_an_error(published: tuple[Path, Release]) -> None:
    _, release = published
    with pytest.raises(ConfigurationError, match="no file of affiliate acme; there are: shop-1, "):
        open_release(release.path, affiliate="acme")


def test_damaged_file_is_a_clear_error(warehouse: Settings) -> None:
    path = publish(warehouse).path / "customer_olap.duckdb"
    path.unlink()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        open_release(warehouse)
