"""Connections to the OLTP, and what can be wrong with them in one line."""

from __future__ import annotations

import psycopg

from ingestion.errors import ConfigurationError


def connect(dsn: str) -> psycopg.Connection:
    """Opens a connection; used as a context manager it commits, or rolls back on an error.

    Raises:
        ConfigurationError: the DSN is malformed or the server cannot be reached. The server's own
            words are left out: they may repeat the DSN, password included.
    """
    try:
        return psycopg.connect(dsn, application_name="affiliate-oltp")
    except psycopg.ProgrammingError:
        raise ConfigurationError("the OLTP's DSN is malformed: give a postgresql:// URI") from None
    except psycopg.OperationalError:
        raise ConfigurationError(
            "the OLTP cannot be reached: check that PostgreSQL runs and that host, port, user, "
            "password and database in the DSN are right"
        ) from None
