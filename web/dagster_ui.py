"""Dagster's web application, with each request's rights from its user."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster_graphql.implementation.utils import ErrorCapture
from dagster_graphql.schema.errors import GraphenePythonError
from dagster_shared.error import SerializableErrorInfo
from dagster_webserver.webserver import DagsterWebserver
from graphql import GraphQLError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.routing import BaseRoute, Route

from orchestration.lib.redaction import safe

logger = logging.getLogger(__name__)

#: How often an open page asks for news; what `dagster-webserver` does.
POLL_MILLISECONDS = 2000
#: Ways in that nobody uses here: notebooks, and events reported by programs.
CLOSED = ("/notebook", "/dagit", "/report_asset")


def _without_stack(
    raised: tuple[type[BaseException], BaseException, TracebackType],
) -> GraphenePythonError:
    """What a question that failed inside is answered with, where its type has a place for it."""
    error = raised[1]
    text = str(safe(error)) if isinstance(error, Exception) else ""
    info = SerializableErrorInfo(text, [], type(error).__name__)
    return GraphenePythonError(info)  # type: ignore[no-untyped-call]


class RoleAwareWebserver(DagsterWebserver[WorkspaceProcessContext, WorkspaceRequestContext]):
    """One workspace for all: an operator's requests may change it, everybody else's may read."""

    def __init__(self, context: WorkspaceProcessContext) -> None:
        super().__init__(context, live_data_poll_rate=POLL_MILLISECONDS)
        ErrorCapture.on_exception = staticmethod(_without_stack)  # type: ignore[assignment]

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

    def handle_graphql_errors(self, errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
        """What is wrong with a question; of what failed inside only where, the log says what."""
        told = []
        for error in errors:
            formatted: dict[str, Any] = {**error.formatted}
            if isinstance(error.original_error, Exception):
                logger.error("%s: %s", error.path, safe(error.original_error))
                formatted["message"] = "Dagster cannot answer this"
                formatted.pop("extensions", None)
            told.append(formatted)
        return told

    def _determine_status_code(
        self, resolver_errors: list[GraphQLError] | None, captured_errors: list[Exception]
    ) -> int:
        """200, also where a part could not be answered: the answer says so."""
        asked_wrongly = any(error.original_error is None for error in resolver_errors or ())
        return 400 if asked_wrongly else 200

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
