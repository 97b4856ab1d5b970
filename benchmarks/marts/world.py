"""The input of a benchmark: a warehouse with raw tables and identity, nothing built yet."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.marts.platform import AS_OF
from benchmarks.shared.programs import run_program
from core.settings import Settings
from orchestration.lib.dbt import DBT, PROJECT_DIR, build_environment
from warehouse.connection import ALIAS, open_warehouse
from warehouse.raw import create

STATEMENTS = tuple(Path(__file__).with_name(name) for name in ("world.sql", "identity.sql"))
GIVEN = ("raw", "identity")


def fill(settings: Settings, orders: int, affiliates: int = 20) -> None:
    """Writes the world of so many orders into a new DuckDB warehouse.

    Args:
        settings: Of the new warehouse.
        orders: Lines and visits are twice as many, customer records a tenth.
        affiliates: Each has 500 products, and its share of the rest.
    """
    with open_warehouse(settings) as connection:
        create(connection, settings)
        connection.execute(f"use {ALIAS}")
        connection.execute(
            f"set variable orders = {orders}; set variable affiliates = {affiliates}"
        )
        for statements in STATEMENTS:
            connection.execute(statements.read_text())
    seed(settings)


def copy_to_postgres(source: Path, settings: Settings) -> None:
    """Copies the world into a new PostgreSQL warehouse.

    Args:
        source: DuckDB warehouse that `fill` wrote.
        settings: Of the PostgreSQL warehouse.
    """
    with open_warehouse(settings) as connection:
        connection.execute(f"attach '{source}' as world (read_only)")
        create(connection, settings)
        connection.execute(f"create schema {ALIAS}.identity")
        for schema, table in _tables(connection):
            if schema == "raw":
                order = f"insert into {ALIAS}.raw.{table} by name from world.raw.{table}"
            else:
                order = f"create table {ALIAS}.{schema}.{table} as from world.{schema}.{table}"
            connection.execute(order)
        connection.execute(f"call postgres_execute('{ALIAS}', 'analyze')")
    seed(settings)


def seed(settings: Settings) -> None:
    """Loads dbt's seeds, so that they are part of what is given."""
    run_program(
        [DBT, "--quiet", "seed", "--project-dir", str(PROJECT_DIR)],
        build_environment(settings, AS_OF),
    )


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        f"where database_name = 'world' and schema_name in {GIVEN}"
    ).fetchall()
