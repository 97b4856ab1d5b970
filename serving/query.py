"""Opens a release for reading: without the warehouse, and without any way to write."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import duckdb

from core import sql
from core.duckdb_session import connect
from core.errors import AffiliateError, ConfigurationError, unknown
from core.settings import Settings, load_settings
from privacy.pseudonym import file_key, load_key
from serving.affiliate_files.recipients import affiliate_path, affiliate_slugs
from serving.artefacts import CUSTOMER_OLAP
from serving.manifest import read_release
from serving.store import current_release


def open_release(
    source: Settings | Path | str | None = None,
    *,
    affiliate: str | None = None,
    encryption_key: str | None = None,
) -> duckdb.DuckDBPyConnection:
    """Opens a release for reading; the connection stays on it when a newer one is published.

    Args:
        source: Settings, or the directory or name of one release. The default is the current
            release of the configured `AFFILIATE_HOME`.
        affiliate: Slug of the affiliate whose file to open; the default is the internal file.
        encryption_key: Key of an affiliate's encrypted file, as `affiliate file-key` prints it. The
            default is derived from the platform's key, which only operators have.

    Returns:
        A connection whose tables are `customer`, `customer_orders`, … (also `marts.customer`), in
        UTC. It can read this file only: no other file, no extension, no network. Temporary tables
        and `register` of a data frame work, in memory.

    Raises:
        ConfigurationError: there is no release, the affiliate has no file in it, or the key is
            wrong.
    """
    folder = release_folder(source)
    path = folder / (CUSTOMER_OLAP.path if affiliate is None else affiliate_path(affiliate))
    if not path.is_file():
        if affiliate is not None:
            raise unknown("file of affiliate", affiliate, affiliate_slugs(folder))
        raise ConfigurationError("there is no such release: run `affiliate run` first")
    options = ["READ_ONLY"]
    if affiliate is not None:
        options += _key_option(source, folder, affiliate, encryption_key)
    connection = connect()
    # DuckDB 1.5 uses this in df(), and pandas 3.1 deprecates it: a reader cannot change either
    warnings.filterwarnings("ignore", r"The inplace keyword in DataFrame\.drop", DeprecationWarning)
    try:
        connection.execute(f"ATTACH {sql.text(str(path))} AS release ({', '.join(options)})")
        connection.execute("USE release.marts")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        connection.close()
        raise ConfigurationError(
            f"{path} cannot be opened ({type(error).__name__}): "
            + ("is the key correct?" if len(options) > 1 else "may this user read it?")
        ) from None
    return connection


def run_query(
    settings: Settings, statement: str, *, affiliate: str | None = None, limit: int | None = None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Runs one SQL statement on the current release; returns its columns and rows.

    Args:
        settings: Where releases are.
        statement: The SQL.
        affiliate: Slug of the affiliate whose file to query; the internal file if None.
        limit: Maximum number of rows to read; all of them if None.

    Raises:
        ConfigurationError: as for `open_release`.
        AffiliateError: DuckDB rejects the statement.
    """
    with open_release(settings, affiliate=affiliate) as connection:
        try:
            cursor = connection.execute(statement)
            columns = [column[0] for column in cursor.description or []]
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
        except duckdb.Error as error:
            raise AffiliateError(str(error).splitlines()[0]) from None
    return columns, rows


def release_folder(source: Settings | Path | str | None = None) -> Path:
    """Directory of the release that `open_release` would open.

    Raises:
        ConfigurationError: there is none.
    """
    if isinstance(source, (Path, str)):
        path = Path(source)
        is_name = path.name == str(path) and not path.exists()
        return load_settings().releases_path / path if is_name else path.resolve()
    return current_release(source or load_settings())


def _key_option(
    source: Settings | Path | str | None, folder: Path, affiliate: str, key: str | None
) -> list[str]:
    """The ATTACH option with the key, if the affiliate's file is encrypted."""
    entry = read_release(folder).files[affiliate_path(affiliate)]
    if not entry.encrypted:
        return []
    if key is None:
        settings = source if isinstance(source, Settings) else load_settings()
        key = file_key(load_key(settings), entry.affiliate_id or 0)
    return [f"ENCRYPTION_KEY {sql.text(key)}"]
