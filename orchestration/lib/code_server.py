"""Dagster's server of a code location, which outlives its database.

`python -m orchestration.lib.code_server` takes the arguments of `dagster api grpc`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from threading import Thread
from typing import Any

from dagster._cli.api import grpc_command
from dagster._grpc.server import DagsterApiServer

LOOK = "_check_for_orphaned_runs"
TICK = 0.1

logger = logging.getLogger("dagster.code_server")


def main() -> None:
    """Serves until it is told to end and its runs have ended."""
    setattr(DagsterApiServer, LOOK, _patient(getattr(DagsterApiServer, LOOK)))
    grpc_command()


def _patient(look: Callable[[Any], None]) -> Callable[[Any], None]:
    """Looks after the runs again later when their history does not answer.

    Dagster's thread that does it dies of the first unanswered question. Then no run whose process
    died is reported any more, and SIGTERM never ends the server: it waits for that thread's word.
    """

    def ask(server: Any) -> None:
        try:
            look(server)
        except Exception as error:
            logger.warning("the history of runs does not answer (%s)", type(error).__name__)

    @wraps(look)
    def looking(server: Any) -> None:
        # by another thread, because a database that is gone is tried for a minute
        asking = Thread(target=ask, args=(server,), daemon=True)
        asking.start()
        while asking.is_alive() and not _may_end(server):
            asking.join(TICK)
        if _may_end(server):
            # what became of runs that nobody could ask about is told by the reaper at the start
            server._server_termination_event.set()

    return looking


def _may_end(server: Any) -> bool:
    """Whether it was told to, and none of its runs goes on."""
    told = server._shutdown_once_executions_finish_event.is_set()
    return told and not any(process.is_alive() for process, _ in [*server._executions.values()])


if __name__ == "__main__":
    main()
