"""The web server's process: Dagster's UI with our pages in front of it."""

from __future__ import annotations

import sys
from pathlib import Path

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from ingestion.settings import load_settings
from orchestration.web.pages import routes

WORKSPACE = Path(__file__).parents[2] / "workspace.yaml"
#: How often an open page asks for news; what `dagster-webserver` does.
POLL_MILLISECONDS = 2000


def main(port: int) -> None:
    """Serves on the loopback address until it is told to end."""
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(
            statement_timeout=15_000, pool_recycle=3600, max_overflow=20
        )
        with WorkspaceProcessContext(
            instance, WorkspaceFileTarget([str(WORKSPACE)]), version=__version__
        ) as context:
            app = create_app_from_workspace_process_context(
                context, live_data_poll_rate=POLL_MILLISECONDS
            )
            app.router.routes[:0] = routes(load_settings())
            uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
