"""SQLAlchemy dialect that lets Great Expectations query DuckDB, so that no row leaves DuckDB.

Great Expectations does not support DuckDB, but DuckDB accepts PostgreSQL's SQL. This is therefore
SQLAlchemy's PostgreSQL dialect, limited to reading. In DuckDB, `~` matches the whole value.
"""

from __future__ import annotations

from typing import Any

import duckdb
from sqlalchemy import types
from sqlalchemy.dialects.postgresql.base import PGDialect

#: DuckDB types that expectations depend on; all others are treated as text.
_TYPES: dict[str, types.TypeEngine[Any]] = {
    "BIGINT": types.BigInteger(),
    "INTEGER": types.Integer(),
    "BOOLEAN": types.Boolean(),
    "DOUBLE": types.Float(),
    "DECIMAL": types.Numeric(),
    "DATE": types.Date(),
    "TIMESTAMP WITH TIME ZONE": types.DateTime(timezone=True),
}


class LandedDialect(PGDialect):
    """Read-only dialect for the views of a DuckDB connection, which the caller owns."""

    driver = "duckdb"
    default_paramstyle = "qmark"
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return DuckDB's module, which implements the Python database API."""
        return duckdb

    def initialize(self, connection: Any) -> None:
        """Do nothing: the base class would query PostgreSQL's settings."""

    def do_begin(self, dbapi_connection: Any) -> None:
        """Do nothing: the dialect only reads."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Do nothing: the dialect only reads."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Do nothing: a rollback would drop results that are fetched after it."""

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> list[Any]:
        """Return the names and types of a view's columns."""
        described = connection.exec_driver_sql(f'describe "{table_name}"').fetchall()
        return [
            {
                "name": name,
                "type": _TYPES.get(kind.partition("(")[0], types.String()),
                "nullable": True,
                "default": None,
            }
            for name, kind, *_ in described
        ]

    def get_pk_constraint(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> Any:
        """Return no primary key, because views have none."""
        return {"constrained_columns": [], "name": None}
