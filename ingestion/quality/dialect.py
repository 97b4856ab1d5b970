"""DuckDB for Great Expectations: rules become SQL over the landed files, and no row leaves DuckDB.

Great Expectations knows no DuckDB, and DuckDB takes PostgreSQL's SQL. So this is SQLAlchemy's
PostgreSQL dialect, reduced to reading. Its `~` matches the whole value in DuckDB.
"""

from __future__ import annotations

from typing import Any

import duckdb
from sqlalchemy import types
from sqlalchemy.dialects.postgresql.base import PGDialect

#: DuckDB's types, as far as expectations ask for them; the others are text.
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
    """Reads views of one DuckDB connection, which the caller opens and closes."""

    driver = "duckdb"
    default_paramstyle = "qmark"
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """DuckDB's module follows the Python database interface."""
        return duckdb

    def initialize(self, connection: Any) -> None:
        """Asks nothing: the base class would look for PostgreSQL's settings."""

    def do_begin(self, dbapi_connection: Any) -> None:
        """Nothing is written, so there are no transactions."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """As `do_begin`."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """As `do_begin`; a rollback would drop results that are fetched after it."""

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> list[Any]:
        """Name and type of a view's columns."""
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
        """Views have none."""
        return {"constrained_columns": [], "name": None}
