"""What the Dagster UI tells of a model after a run."""

from __future__ import annotations

from typing import Any

import dagster as dg
import duckdb
import pytest

from core.settings import Settings
from orchestration.lib.instance import prepare_home
from tests.e2e.conftest import Home

VISITS, PRODUCTS = "stg_events__product_visits", "stg_oltp__products"


def test_models_report_rows_and_repeated_deliveries(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")  # restored afterwards
    settings = Settings(home=home.path)
    prepare_home(settings)  # the home has moved since
    with dg.DagsterInstance.get() as instance:
        visits, products = (_metadata(instance, name) for name in (VISITS, PRODUCTS))
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        counted = f"select count(*), sum(deliveries) - count(*) from staging.{VISITS}"
        rows, repeated = warehouse.execute(counted).fetchall()[0]
        (products_rows,) = warehouse.execute(f"select count(*) from staging.{PRODUCTS}").fetchall()[
            0
        ]
    assert rows > 0
    assert (visits["dagster/row_count"], visits["repeated_deliveries"]) == (rows, repeated)
    assert products["dagster/row_count"] == products_rows > 0
    assert "repeated_deliveries" not in products


def _metadata(instance: dg.DagsterInstance, model: str) -> dict[str, Any]:
    event = instance.get_latest_materialization_event(dg.AssetKey(["staging", model]))
    assert event
    assert event.asset_materialization
    return {name: told.value for name, told in event.asset_materialization.metadata.items()}
