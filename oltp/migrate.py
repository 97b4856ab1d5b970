"""Apply the migrations of `oltp/migrations/`, each exactly once, in order of their names."""

from __future__ import annotations

import hashlib
import logging
from importlib.resources import files

import psycopg

from core.errors import AffiliateError
from oltp.connection import connect

logger = logging.getLogger(__name__)

OLDEST_SERVER = 150_000
#: Arbitrary key of an advisory lock, so that concurrent migrations wait for each other.
LOCK = 4_207_849_484

LEDGER = """
create schema if not exists platform;
create table if not exists platform.schema_migration (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
)
"""


def migrate(dsn: str) -> list[str]:
    """Apply all pending migrations in one transaction.

    Args:
        dsn: A role that may create schemas and roles.

    Returns:
        Names of the migrations applied now; empty when the schema was up to date.

    Raises:
        ConfigurationError: the server cannot be reached.
        AffiliateError: the server is older than PostgreSQL 15, the role lacks rights, or an
            applied migration was changed since.
    """
    with connect(dsn) as connection:
        return _migrate(connection)


def _migrate(connection: psycopg.Connection) -> list[str]:
    if connection.info.server_version < OLDEST_SERVER:
        raise AffiliateError("the OLTP is older than PostgreSQL 15: upgrade the server")
    connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    connection.execute(LEDGER)
    applied: dict[str, str] = dict(
        connection.execute("select name, sha256 from platform.schema_migration").fetchall()
    )
    fresh = []
    for name, script in _scripts().items():
        checksum = hashlib.sha256(script).hexdigest()
        if name not in applied:
            connection.execute(script)
            connection.execute(
                "insert into platform.schema_migration (name, sha256) values (%s, %s)",
                [name, checksum],
            )
            fresh.append(name)
        elif applied[name] != checksum:
            raise AffiliateError(
                f"migration {name} was changed after it was applied: restore it, add a new one"
            )
    logger.info("%d migrations applied, %d were there", len(fresh), len(applied))
    return fresh


def _scripts() -> dict[str, bytes]:
    """Return name → SQL of every migration, in order."""
    folder = files("oltp") / "migrations"
    scripts = (entry for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {
        entry.name.removesuffix(".sql"): entry.read_bytes()
        for entry in sorted(scripts, key=lambda entry: entry.name)
    }
