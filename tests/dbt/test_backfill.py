"""A build for an earlier instant, over all that landed since, gives what was built on that day."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from ingestion.embedded import EmbeddedPostgres
from tests.dbt.dbt_warehouse import Warehouse, add_raw, writing
from tests.dbt.later_world import land_ledger, later_world
from tests.dbt.raw_world import RawWorld
from tests.dbt.test_build import OF_ONE_RUN
from tests.dbt.warehouse_rows import Snapshot, snapshot

pytestmark = pytest.mark.nightly

#: What the build of the day added to the ledger has been landed since, so this one adds nothing.
OF_THE_LEDGER = {
    f"identity.{name}"
    for name in (
        "identity_events",
        "int_identity__assignment_changes",
        "int_identity__assignments",
        "int_identity__edge_changes",
        "int_identity__id_claims",
        "int_identity__members",
        "int_identity__new_events",
    )
}


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_backfill_equals_the_build_of_that_day(
    engine: str,
    built: list[Warehouse],
    snapshots: list[Snapshot],
    world: RawWorld,
    postgres_server: EmbeddedPostgres,
    tmp_path: Path,
) -> None:
    place = [warehouse.engine for warehouse in built].index(engine)
    warehouse = _copy(built[place], postgres_server, tmp_path)
    with writing(warehouse) as connection:
        land_ledger(connection)
    add_raw(warehouse, later_world(world))
    done = warehouse.dbt("run")
    assert done.returncode == 0, done.stdout[-5000:]
    now, then = snapshot(warehouse), snapshots[place]
    assert now.keys() == then.keys()
    told = {name for name in now if not name.startswith("staging.")} - OF_ONE_RUN - OF_THE_LEDGER
    assert [name for name in sorted(told) if now[name] != then[name]] == []


def _copy(built: Warehouse, server: EmbeddedPostgres, folder: Path) -> Warehouse:
    """The warehouse as it was built, to go on with."""
    if built.engine == "duckdb":
        location = str(folder / "warehouse.duckdb")
        shutil.copy(built.location, location)
    else:
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute("create database back_fill template dbt")
            connection.execute("alter database back_fill set timezone = 'Asia/Kolkata'")
        location = server.dsn("back_fill")
    return Warehouse(built.engine, location, folder)
