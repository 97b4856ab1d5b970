"""Open the warehouse on any engine: a DuckDB connection with the warehouse attached as `wh`.

While one process writes a DuckDB file no other process can open it, so callers keep the connection
for as short as possible. By default DuckDB spills unencrypted data into the working directory,
where a killed process leaves it, so each connection gets a private directory for it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex

import duckdb

from core import private_folders
from core.duckdb_session import connect, load_extension
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from core.sql import quote

ALIAS = "wh"
#: The dbt process of a killed run may hold the lock of the file for some seconds.
LOCK_WAIT_SECONDS = 60.0


@contextmanager
def open_warehouse(
    settings: Settings, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse of the configured engine as catalogue `wh`.

    Args:
        settings: Settings of the platform.
        read_only: Refuse writes; the file must exist.

    Yields:
        A connection with time zone UTC; tables are `wh.<schema>.<table>`.

    Raises:
        ConfigurationError: the warehouse does not exist (read only) or its server is unreachable.
        AffiliateError: another process uses the DuckDB file.
    """
    with closing(connect()) as connection:
        if settings.memory_limit is not None:
            connection.execute(f"SET memory_limit = '{settings.memory_limit}'")
        if settings.engine == "postgres":
            _attach_postgres(connection, settings, read_only=read_only)
        else:
            _attach_duckdb(connection, settings.warehouse_path, read_only=read_only)
        with spill_folder(settings) as folder:
            connection.execute(f"SET temp_directory = '{quote(str(folder))}'")
            yield connection


@contextmanager
def spill_folder(settings: Settings) -> Iterator[Path]:
    """Create a private folder for DuckDB to spill into; delete those of killed processes first."""
    private_folders.sweep(settings.spill_path)
    with private_folders.own_folder(settings.spill_path, token_hex(8)) as folder:
        yield folder


def _attach_duckdb(connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    if read_only and not path.exists():
        raise ConfigurationError("the warehouse does not exist yet: run `affiliate run` first")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = " (READ_ONLY)" if read_only else ""
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            connection.execute(f"ATTACH '{quote(str(path))}' AS {ALIAS}{options}")
            if not read_only:
                # left by a killed dbt process, because no other process uses the file now
                shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise AffiliateError(f"the warehouse cannot be opened: {path}") from error
            if time.monotonic() > deadline:
                raise AffiliateError("another process uses the warehouse file") from None
            time.sleep(0.2)
        else:
            return


def _attach_postgres(
    connection: duckdb.DuckDBPyConnection, settings: Settings, *, read_only: bool
) -> None:
    assert settings.warehouse_dsn is not None  # noqa: S101 - the settings validated it
    connection.execute(load_extension("postgres_scanner"))
    dsn = quote(settings.warehouse_dsn.get_secret_value())
    options = "TYPE postgres, READ_ONLY" if read_only else "TYPE postgres"
    try:
        connection.execute(f"ATTACH '{dsn}' AS {ALIAS} ({options})")
    except duckdb.Error:
        # the original text repeats the connection string
        raise ConfigurationError(
            "the warehouse server rejected the login: check AFFILIATE_WAREHOUSE_DSN"
        ) from None
