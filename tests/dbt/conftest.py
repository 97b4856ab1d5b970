"""Both warehouses, filled with the same raw world and built once a session."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from ingestion.embedded import EmbeddedPostgres
from tests.dbt.dbt_warehouse import Warehouse, load_raw
from tests.dbt.follow_up_world import with_follow_ups
from tests.dbt.funnel_world import with_deals
from tests.dbt.landed_ledger import with_ledger
from tests.dbt.raw_world import RawWorld, build_world
from tests.dbt.sales_world import with_sales
from tests.dbt.warehouse_rows import Snapshot, snapshot
from tests.depth import ENGINES

#: Notes with each table that is created whether its session may join row by row.
PLANNED = """
create schema noted;
create table noted.planned (relation text, nested_loops text);
create function noted.note() returns event_trigger language plpgsql as $$
begin
    insert into noted.planned
    select object_identity, current_setting('enable_nestloop')
    from pg_event_trigger_ddl_commands() where object_type = 'table';
end $$;
create event trigger note on ddl_command_end
when tag in ('CREATE TABLE', 'CREATE TABLE AS') execute function noted.note();
"""


@pytest.fixture(scope="session")
def world() -> RawWorld:
    """What was landed."""
    return with_follow_ups(with_deals(with_sales(with_ledger(build_world()))))


@pytest.fixture(scope="session")
def duckdb_warehouse(world: RawWorld, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A DuckDB file with schema `raw`."""
    folder = tmp_path_factory.mktemp("duckdb")
    warehouse = Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder)
    load_raw(warehouse, world)
    return warehouse


@pytest.fixture(scope="session")
def postgres_warehouse(
    world: RawWorld, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """A PostgreSQL database with schema `raw`, in a time zone that is not UTC."""
    folder: Path = tmp_path_factory.mktemp("postgres")
    postgres_server.ensure_database("dbt")
    warehouse = Warehouse("postgres", postgres_server.dsn("dbt"), folder)
    with psycopg.connect(warehouse.location, autocommit=True) as connection:
        connection.execute("alter database dbt set timezone = 'Asia/Kolkata'")
        connection.execute(PLANNED)
    load_raw(warehouse, world)
    return warehouse


@pytest.fixture(scope="session")
def built(duckdb_warehouse: Warehouse, postgres_warehouse: Warehouse) -> list[Warehouse]:
    """Both warehouses after `dbt build`, data tests passed."""
    for warehouse in (duckdb_warehouse, postgres_warehouse):
        done = warehouse.dbt("build", "--exclude-resource-type", "unit_test")
        assert done.returncode == 0, done.stdout[-5000:]
    return [duckdb_warehouse, postgres_warehouse]


@pytest.fixture(scope="module", params=ENGINES)
def warehouse(request: pytest.FixtureRequest, built: list[Warehouse]) -> Warehouse:
    """The built warehouse of one engine."""
    return next(warehouse for warehouse in built if warehouse.engine == request.param)


@pytest.fixture(scope="session")
def snapshots(built: list[Warehouse]) -> list[Snapshot]:
    """What DuckDB and PostgreSQL hold after the build."""
    return [snapshot(warehouse) for warehouse in built]
