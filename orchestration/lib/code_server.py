"""Dagster's server of a code location, which survives an outage of its database.

`python -m orchestration.lib.code_server` takes the arguments of `dagster api grpc`.

Problem: the thread that reports crashed runs dies of the first unanswered query. From then on no
crashed run is reported, and SIGTERM never ends the server, because it waits for that thread.
Reported, still open: https://github.com/dagster-io/dagster/issues/32226
Known for: Dagster 1.13, in which `DagsterApiServer._cleanup_thread` catches no error.
Can go: when `tests/vendor/test_code_server.py` says that Dagster catches it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from threading import Thread
from typing import Any

from dagster._cli.api import grpc_command
from dagster._grpc.server import DagsterApiServer

CHECK = "_check_for_orphaned_runs"
TICK = 0.1

logger = logging.getLogger("dagster.code_server")


def main() -> None:
    """Serves until SIGTERM, and then until its runs have ended."""
    setattr(DagsterApiServer, CHECK, _resilient(getattr(DagsterApiServer, CHECK)))
    grpc_command()


def _resilient(check: Callable[[Any], None]) -> Callable[[Any], None]:
    """The check, repeated later if the database does not answer."""

    def attempt(server: Any) -> None:
        try:
            check(server)
        except Exception as error:
            logger.warning("the run history does not answer (%s)", type(error).__name__)

    @wraps(check)
    def checking(server: Any) -> None:
        # in a separate thread, because connecting to a lost database is retried for a minute
        attempting = Thread(target=attempt, args=(server,), daemon=True)
        attempting.start()
        while attempting.is_alive() and not _may_end(server):
            attempting.join(TICK)
        if _may_end(server):
            # runs whose outcome could not be recorded are marked as failed at the next start
            server._server_termination_event.set()

    return checking


def _may_end(server: Any) -> bool:
    """Whether shutdown was requested and all runs of the server have ended."""
    requested = server._shutdown_once_executions_finish_event.is_set()
    running = (process.is_alive() for process, _ in [*server._executions.values()])
    return requested and not any(running)


if __name__ == "__main__":
    main()
