"""Errors without row values: what Dagster and dbt keep of a failure may be read by many.

Databases and parsers repeat the value they stumbled over, and both tools store the text: in an
event log, a log file, `run_results.json`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from core.errors import AffiliateError

P = ParamSpec("P")
T = TypeVar("T")

#: Raised before a row is read: their texts speak of SQL, files, memory and servers.
_OF_DUCKDB = (
    "BinderException",
    "CatalogException",
    "ConnectionException",
    "IOException",
    "InterruptException",
    "OutOfMemoryException",
    "ParserException",
    "PermissionException",
    "SyntaxException",
    "TransactionException",
)
_OF_PSYCOPG = ("OperationalError", "ProgrammingError")
#: The method of a dbt adapter that every error of its engine passes.
HANDLER = "exception_handler"


class WithheldError(Exception):
    """An error whose text may hold row values: the class and the place are told, the text not."""


def safe(error: Exception) -> Exception:
    """The error itself if its text cannot hold row values, otherwise one that names its class."""
    import duckdb
    import psycopg
    import psycopg2  # type: ignore[import-untyped]

    harmless: tuple[type[Exception], ...] = (
        AffiliateError,
        WithheldError,
        OSError,
        *(getattr(duckdb, name) for name in _OF_DUCKDB),
        *(getattr(driver, name) for driver in (psycopg, psycopg2) for name in _OF_PSYCOPG),
    )
    if isinstance(error, harmless) and not isinstance(error, UnicodeError):
        return error
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    name = type(error).__name__ + (f" (SQLSTATE {state})" if state else "")
    text = f"{name}: its text is withheld, it may hold row values"
    return WithheldError(text).with_traceback(error.__traceback__)


@contextmanager
def redacted() -> Iterator[None]:
    """Lets only errors out whose texts hold no row value; the traceback stays."""
    try:
        yield
    except Exception as error:
        raise safe(error) from None


def redacting(step: Callable[P, T]) -> Callable[P, T]:
    """A step whose errors are redacted before Dagster stores them; generators too."""
    if inspect.isgeneratorfunction(step):

        @wraps(step)
        def generator(*args: P.args, **kwargs: P.kwargs) -> Iterator[Any]:
            with redacted():
                yield from step(*args, **kwargs)

        return cast("Callable[P, T]", generator)

    @wraps(step)
    def function(*args: P.args, **kwargs: P.kwargs) -> T:
        with redacted():
            return step(*args, **kwargs)

    return function


def redact_dbt() -> None:
    """Makes dbt, in this process, redact what the engines raise before it logs or stores it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.postgres.connections import PostgresConnectionManager

    for manager in (DuckDBConnectionManager, PostgresConnectionManager):
        setattr(manager, HANDLER, _redacted_handler(getattr(manager, HANDLER)))


def _redacted_handler(handler: Callable[..., Any]) -> Callable[..., Any]:
    @contextmanager
    def exception_handler(self: Any, *args: Any, **kwargs: Any) -> Iterator[None]:
        with handler(self, *args, **kwargs), redacted():
            yield

    return exception_handler
