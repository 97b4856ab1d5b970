"""Dagster's web application, with each request's rights from its user."""

from __future__ import annotations

from typing import Any

from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster_webserver.webserver import DagsterWebserver
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.routing import BaseRoute, Route

#: How often an open page asks for news; what `dagster-webserver` does.
POLL_MILLISECONDS = 2000
#: Ways in that nobody uses here: notebooks, and events reported by programs.
CLOSED = ("/notebook", "/dagit", "/report_asset")


class RoleAwareWebserver(DagsterWebserver[WorkspaceProcessContext, WorkspaceRequestContext]):
    """One workspace for all: an operator's requests may change it, everybody else's may read."""

    def __init__(self, context: WorkspaceProcessContext) -> None:
        super().__init__(context, live_data_poll_rate=POLL_MILLISECONDS)

    def _make_request_context(self, conn: HTTPConnection) -> WorkspaceRequestContext:
        return WorkspaceRequestContext(
            instance=self._process_context.instance,
            current_workspace=self._process_context.get_current_workspace(),
            process_context=self._process_context,
            version=self._process_context.version,
            source=conn,
            read_only=not conn.user.is_operator,
        )

    def make_security_headers(self) -> dict[str, str]:
        """None: the gate gives every answer its own."""
        return {}

    def build_routes(self) -> list[BaseRoute]:
        """Dagster's own without those that are closed."""
        routes: list[BaseRoute] = super().build_routes()  # type: ignore[no-untyped-call]
        return [r for r in routes if not (isinstance(r, Route) and r.path.startswith(CLOSED))]

    async def download_debug_file_endpoint(self, request: Request) -> Any:
        """A run's whole record, for a bug report."""
        run_id = request.path_params["run_id"]
        if self._process_context.instance.get_run_by_id(run_id) is None:
            raise HTTPException(404)
        return await super().download_debug_file_endpoint(request)

    async def download_captured_logs_endpoint(self, request: Request) -> Any:
        """What a step wrote to standard output or error."""
        try:
            return await super().download_captured_logs_endpoint(request)
        except (ValueError, OSError):
            # a key that names no file, or one that could not have a file
            raise HTTPException(404) from None
