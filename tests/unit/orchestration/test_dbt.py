"""How dbt is called."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.settings import Settings
from orchestration.lib.dbt import (
    build_environment,
    dbt_environment,
    group_of,
)


def test_build_gets_as_of_with_offset(tmp_path: Path) -> None:
    environment = build_environment(Settings(home=tmp_path), datetime(2026, 1, 31, tzinfo=UTC))

    assert environment["AFFILIATE_AS_OF"] == "2026-01-31T00:00:00+00:00"


def test_duckdb_needs_only_a_path(tmp_path: Path) -> None:
    environment = dbt_environment(Settings(home=tmp_path))

    assert environment["AFFILIATE_ENGINE"] == "duckdb"
    assert environment["AFFILIATE_WAREHOUSE_PATH"] == str(tmp_path / "warehouse/warehouse.duckdb")
    assert not [name for name in environment if "PASSWORD" in name]


def test_postgres_gets_the_parts_of_its_dsn(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        engine="postgres",
        # pragma: allowlist nextline secret
        warehouse_dsn="postgresql://etl:s3cret@db.example:6543/olap",
        pseudonym_key="00" * 32,
    )

    environment = dbt_environment(settings)

    assert environment["AFFILIATE_WAREHOUSE_HOST"] == "db.example"
    assert environment["AFFILIATE_WAREHOUSE_PORT"] == "6543"
    assert environment["AFFILIATE_WAREHOUSE_USER"] == "etl"
    assert environment["AFFILIATE_WAREHOUSE_DBNAME"] == "olap"
    secret = [name for name, value in environment.items() if value == "s3cret"]
    assert secret == ["DBT_ENV_SECRET_AFFILIATE_WAREHOUSE_PASSWORD"]


@pytest.mark.parametrize(
    ("node", "group"),
    [
        ({"resource_type": "model", "fqn": ["p", "marts", "core", "customer"]}, "marts"),
        ({"resource_type": "seed", "fqn": ["p", "junk"]}, "seeds"),
        ({"resource_type": "source", "fqn": ["p", "staging", "raw", "x"]}, "raw"),
    ],
)
def test_asset_groups_follow_model_folders(node: dict[str, object], group: str) -> None:
    assert group_of(node) == group
