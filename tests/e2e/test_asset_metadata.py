"""What the Dagster UI tells of a model after a run."""

from __future__ import annotations

import dagster as dg
import duckdb

from ingestion.settings import Settings
from tests.e2e.conftest import Home


def test_models_tell_their_rows_and_the_deliveries_that_they_dropped(home: Home) -> None:
    settings = Settings(home=home.path)
    told = {}
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        for key in instance.all_asset_keys():
            event = instance.get_latest_materialization_event(key)
            found = event and event.asset_materialization
            if found and key.path[0] == "staging":
                told[key.path[-1]] = (
                    found.metadata["dagster/row_count"].value,
                    found.metadata.get("repeated_deliveries", dg.IntMetadataValue(None)).value,
                )
    expected = {}
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        for name in told:
            columns = [row[0] for row in warehouse.execute(f"describe staging.{name}").fetchall()]
            repeated = "sum(deliveries) - count(*)" if "deliveries" in columns else "null"
            query = f"select count(*), coalesce({repeated}, 0)::bigint from staging.{name}"
            rows, dropped = warehouse.execute(query).fetchall()[0]
            expected[name] = (rows, dropped if "deliveries" in columns else None)
    assert told == expected
    assert any(dropped for _, dropped in told.values())
