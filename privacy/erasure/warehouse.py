"""Purge the warehouse; the next run rebuilds it from the landing zone.

Deleted rows leave their bytes in a DuckDB file, in PostgreSQL's pages and in its statistics.
Deleted files and dropped tables do not.
"""

from __future__ import annotations

import shutil

import psycopg
from psycopg import sql

from core.errors import ConfigurationError
from core.settings import Settings

#: Every schema that a build writes to.
SCHEMAS = (
    "raw",
    "meta",
    "reference",
    "staging",
    "identity",
    "intermediate",
    "semantic",
    "marts",
    "own",
)
_KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view"}
_RELATIONS = (
    "select nspname, relname, relkind::text from pg_class inner join pg_namespace "
    "on pg_namespace.oid = relnamespace where nspname = any(%s) and relkind = any(%s)"
)


def purge_warehouse(settings: Settings) -> None:
    """Drop all tables and files of the warehouse; schemas and grants stay.

    Raises:
        ConfigurationError: the warehouse's server is unreachable.
    """
    if settings.engine == "postgres":
        _drop_tables(settings)
    # also with PostgreSQL: the engine may have been DuckDB before
    if (folder := settings.warehouse_path.parent).exists():
        shutil.rmtree(folder)


def _drop_tables(settings: Settings) -> None:
    assert settings.warehouse_dsn is not None  # noqa: S101 - the settings validated it
    try:
        with psycopg.connect(settings.warehouse_dsn.get_secret_value(), autocommit=True) as server:
            found = server.execute(_RELATIONS, [list(SCHEMAS), list(_KINDS)]).fetchall()
            for schema, name, kind in found:
                drop = sql.SQL("drop {} if exists {} cascade")
                server.execute(drop.format(sql.SQL(_KINDS[kind]), sql.Identifier(schema, name)))
            # most common values of dropped columns would stay in its dead rows
            server.execute("vacuum full pg_catalog.pg_statistic")
    except psycopg.OperationalError:
        raise ConfigurationError(
            "the warehouse server rejected the login: check AFFILIATE_WAREHOUSE_DSN"
        ) from None
