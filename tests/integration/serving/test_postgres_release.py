"""Both engines publish the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import ConfigurationError
from core.settings import Settings
from privacy.scan import PrivacyError
from serving import open_release, publish
from tests.support.release_sample import ask, build_warehouse, change


@pytest.fixture
def on_postgres(oltp_dsn: str, tmp_path: Path) -> Settings:
    """The sample warehouse on a PostgreSQL server."""
    settings = Settings(
        home=tmp_path / "pg-home",
        engine="postgres",
        warehouse_dsn=oltp_dsn,
        pseudonym_key="00ff" * 16,
        _env_file=None,
    )
    build_warehouse(settings)
    return settings


def test_both_engines_publish_the_same_rows(warehouse: Settings, on_postgres: Settings) -> None:
    with_key = warehouse.model_copy(update={"pseudonym_key": on_postgres.pseudonym_key})
    releases = [publish(settings) for settings in (with_key, on_postgres)]
    ours, theirs = (
        {path: file.tables for path, file in release.files.items()} for release in releases
    )
    assert ours == theirs
    assert len(ours) == 5
    assert [release.engine for release in releases] == ["duckdb", "postgres"]
    assert {release.landing_position for release in releases} == {7}
    described = [
        open_release(release.path)
        .execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = 'release' ORDER BY ALL"
        )
        .fetchall()
        for release in releases
    ]
    assert described[0] == described[1]


def test_leak_in_a_json_column_is_found_on_postgres(on_postgres: Settings) -> None:
    change(
        on_postgres,
        "UPDATE wh.marts.customer_insights SET next_best_products = "
        """'[{"affiliate_id": 1, "product_id": 1, "basis": "popular", "score": 2,"""
        """ "reason": "as person7@mail-7.example.org asked"}]' """
        "WHERE customer_id = md5('customer 9')",
    )
    with pytest.raises(PrivacyError, match=r"next_best_products.reason \(email, 1\)"):
        publish(on_postgres)


def test_descriptions_come_from_postgres_too(on_postgres: Settings, oltp_dsn: str) -> None:
    import psycopg

    with psycopg.connect(oltp_dsn, autocommit=True) as server:
        server.execute("comment on column marts.customer.age is 'Full years'")
    olap = open_release(publish(on_postgres).path)
    query = "SELECT comment FROM duckdb_columns() WHERE column_name = 'age'"
    assert ask(olap, f"{query} AND database_name = 'release'") == "Full years"


def test_unreachable_warehouse_publishes_nothing(on_postgres: Settings) -> None:
    before = publish(on_postgres)
    nowhere = SecretStr("postgresql://nobody:secret-word@127.0.0.1:1/x")
    away = on_postgres.model_copy(update={"warehouse_dsn": nowhere})
    with pytest.raises(ConfigurationError, match="check AFFILIATE_WAREHOUSE_DSN") as caught:
        publish(away)
    assert "secret-word" not in str(caught.value)
    assert (on_postgres.releases_path / "current").resolve() == before.path
