"""Keeps row values out of what dbt logs and stores about an error.

Problem: dbt repeats the message of the database, which may contain row values, on standard output,
in `dbt.log` and in `run_results.json`. There is no hook to change it, so the method of an adapter's
connection manager through which every database error passes is wrapped.
Reported for another adapter: https://github.com/dbt-labs/dbt-snowflake/issues/123
Known for: dbt-core 1.11 with dbt-duckdb 1.10 and dbt-postgres 1.10.
Can go: when dbt offers such a hook; `tests/vendor/test_dbt_errors.py` shows what it has to prevent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from orchestration.lib.redaction import redacted

#: The method that all errors of an engine pass through.
HANDLER = "exception_handler"


def redact_dbt() -> None:
    """Makes dbt, in this process, redact database errors before it logs or stores them."""
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
