"""Two warehouses with the same `raw` schema, and dbt on either of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict

from orchestration.lib.dbt import DBT
from tests.dbt.raw_world import AS_OF, RawWorld, Row
from warehouse.raw import RAW_TABLES, SALT, Columns

PROJECT = Path(__file__).parents[2] / "dbt_project"
#: The salt of all worlds.
# pragma: allowlist nextline secret
SECRET = "salt-of-the-tests"
Connection = Any  # DuckDB's and psycopg's: both have execute(sql).fetchall()


@dataclass(frozen=True)
class Warehouse:
    """One engine's warehouse.

    Attributes:
        engine: dbt target.
        location: Path of the DuckDB file, or DSN.
        artefacts: Where dbt writes its target directory and logs.
    """

    engine: str
    location: str
    artefacts: Path

    def dbt(
        self, *arguments: str, as_of: str | None = AS_OF.isoformat()
    ) -> subprocess.CompletedProcess[str]:
        """Runs dbt as a child process, as production does."""
        instant = {} if as_of is None else {"AFFILIATE_AS_OF": as_of}
        return subprocess.run(
            [DBT, "--no-use-colors", *arguments],
            cwd=PROJECT,
            env={**os.environ, **self.environment(), **instant},
            text=True,
            capture_output=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """What `profiles.yml` reads."""
        common = {
            "AFFILIATE_ENGINE": self.engine,
            "DBT_TARGET_PATH": str(self.artefacts / "target"),
            "DBT_LOG_PATH": str(self.artefacts / "logs"),
            "DBT_PROJECT_DIR": str(PROJECT),
            "DBT_PROFILES_DIR": str(PROJECT),
            "PGTZ": "UTC",
        }
        if self.engine == "offline":
            return common
        if self.engine == "duckdb":
            return common | {"AFFILIATE_WAREHOUSE_PATH": self.location}
        parts = conninfo_to_dict(self.location)
        return common | {
            "AFFILIATE_WAREHOUSE_HOST": str(parts["host"]),
            "AFFILIATE_WAREHOUSE_PORT": str(parts.get("port", 5432)),
            "AFFILIATE_WAREHOUSE_USER": str(parts["user"]),
            "AFFILIATE_WAREHOUSE_DBNAME": str(parts["dbname"]),
        }

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A session that thinks in UTC; on DuckDB one that only reads."""
        if self.engine == "duckdb":
            with duckdb.connect(self.location, read_only=True) as connection:
                connection.execute("set TimeZone = 'UTC'")
                yield connection
        else:
            with psycopg.connect(self.location, options="-c TimeZone=UTC") as connection:
                yield connection

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of one query."""
        with self.connect() as connection:
            rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return rows


def load_raw(warehouse: Warehouse, world: RawWorld) -> None:
    """Creates and fills schema `raw`."""
    with writing(warehouse) as connection:
        connection.execute("create schema raw")
        for table, columns in RAW_TABLES.items():
            declared = ", ".join(f"{name} {kind}" for name, kind in columns)
            connection.execute(f"create table raw.{table} ({declared})")
    add_raw(warehouse, RawWorld({SALT: [{"salt": SECRET}], **world.rows}))


def add_raw(warehouse: Warehouse, world: RawWorld) -> None:
    """Adds rows to schema `raw`."""
    with writing(warehouse) as connection:
        for table, rows in world.rows.items():
            columns = RAW_TABLES[table]
            if warehouse.engine == "duckdb":
                # row by row, DuckDB takes seconds for what it takes at once as a table
                connection.register("rows", _texts(rows, columns))
                casts = ", ".join(f"cast({name} as {kind})" for name, kind in columns)
                connection.execute(f"insert into raw.{table} select {casts} from rows")
            else:
                marks = ", ".join(f"cast(%s as {kind})" for _, kind in columns)
                values = [[row.get(name) for name, _ in columns] for row in rows]
                connection.cursor().executemany(f"insert into raw.{table} values ({marks})", values)


@contextmanager
def writing(warehouse: Warehouse) -> Iterator[Connection]:
    """A session whose changes stand when it ends well."""
    if warehouse.engine == "duckdb":
        with duckdb.connect(warehouse.location) as connection:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
    else:
        with psycopg.connect(warehouse.location) as connection:
            yield connection


def _texts(rows: list[Row], columns: Columns) -> pa.Table:
    """The rows as text, which the engine casts."""
    return pa.table(
        {
            name: pa.array(
                [None if row.get(name) is None else str(row[name]) for row in rows], pa.string()
            )
            for name, _ in columns
        }
    )
