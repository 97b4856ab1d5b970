"""Connect to the OLTP, with connection errors in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from core.errors import AffiliateError, ConfigurationError


@contextmanager
def connect(dsn: str) -> Iterator[psycopg.Connection]:
    """Open a connection; its transaction is committed at the end, or rolled back after an error.

    The server's own words are left out of all errors: they repeat values of rows, or the password.

    Raises:
        ConfigurationError: the DSN is malformed or the server cannot be reached.
        AffiliateError: the role lacks rights, or the server failed on the way.
    """
    try:
        connection = psycopg.connect(dsn, application_name="affiliate-oltp")
    except psycopg.ProgrammingError:
        raise ConfigurationError("the OLTP's DSN is malformed: give a postgresql:// URI") from None
    except psycopg.OperationalError:
        raise ConfigurationError(
            "the OLTP cannot be reached: check that PostgreSQL runs and that host, port, user, "
            "password and database in the DSN are right"
        ) from None
    try:
        with connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege:
        raise AffiliateError(
            "the OLTP's role lacks rights: connect as one that may create schemas and roles, and "
            "write all tables"
        ) from None
    except psycopg.Error as error:
        raise AffiliateError(
            f"the OLTP failed ({type(error).__name__}) and nothing was changed: its log says why"
        ) from None
