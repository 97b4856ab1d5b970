"""In-memory DuckDB connections: they download nothing and use UTC."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import duckdb

from core.sql import text


def connect() -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB that downloads no extension, uses UTC and never spills to disk."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def load_extension(name: str) -> str:
    """Return the statement that loads an extension, such as `httpfs`, from its wheel."""
    wheel = import_module(f"duckdb_extension_{name}")
    folder = Path(next(iter(wheel.__path__)))
    binary = next(folder.glob(f"extensions/*/{name}.duckdb_extension"))
    return f"LOAD {text(str(binary))}"
