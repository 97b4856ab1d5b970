"""Removes row values from errors before Dagster or dbt stores them.

Databases and parsers repeat the offending value in their messages. Dagster and dbt store the text
where many can read it: in the event log, in log files, in `run_results.json`.
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

#: Raised before any row is read: their messages are about SQL, files, memory and servers.
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


class WithheldError(Exception):
    """Replaces an error whose text may contain row values: shows its class, not its text."""


def safe(error: Exception) -> Exception:
    """The error itself if its text cannot contain row values, otherwise one with only its class."""
    import duckdb
    import psycopg
    import psycopg2

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
    text = f"{name}: message withheld, it may contain row values"
    return WithheldError(text).with_traceback(error.__traceback__)


@contextmanager
def redacted() -> Iterator[None]:
    """Replaces errors whose texts may contain row values; keeps the traceback."""
    try:
        yield
    except Exception as error:
        raise safe(error) from None


def redacting(step: Callable[P, T]) -> Callable[P, T]:
    """Decorates a step, or a generator, so that its errors are redacted."""
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
