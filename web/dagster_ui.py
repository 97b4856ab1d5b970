"""Dagster's web application with the permissions of the signed-in user; no stack traces.

The only module of `web` that uses private parts of Dagster, for two problems:

- Roles: Dagster's web server is read-only for all users or for none.
  Requested, still open: https://github.com/dagster-io/dagster/issues/2219
- Errors: GraphQL responses contain stack traces and messages, which may contain row values.
  Added on purpose in https://github.com/dagster-io/dagster/pull/12228, without a switch.

Known for: Dagster 1.13. Can go: when Dagster has roles and can hide errors.
`tests/vendor/test_dagster_web.py` checks the signatures, `tests/integration/web` the behaviour.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import dagster as dg
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_graphql.implementation.utils import ErrorCapture
from dagster_graphql.schema.errors import GraphenePythonError
from dagster_shared.error import SerializableErrorInfo
from dagster_webserver.version import __version__
from dagster_webserver.webserver import DagsterWebserver
from graphql import GraphQLError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.routing import BaseRoute, Route

from orchestration.lib.redaction import safe

__all__ = ["RoleAwareWebserver", "WorkspaceProcessContext", "open_workspace"]

logger = logging.getLogger(__name__)

#: How often open pages poll for changes; the default of `dagster-webserver`.
POLL_MILLISECONDS = 2000
#: Unused endpoints, which are not served: notebooks, and events reported by programs.
CLOSED = ("/notebook", "/dagit", "/report_asset")


@contextmanager
def open_workspace(instance: dg.DagsterInstance, file: Path) -> Iterator[WorkspaceProcessContext]:
    """Loads the code locations of a workspace file; ends their servers afterwards."""
    with WorkspaceProcessContext(
        instance,
        WorkspaceFileTarget([str(file)]),
        version=__version__,
        code_server_log_level="WARNING",
    ) as context:
        yield context


def _without_stack(
    raised: tuple[type[BaseException], BaseException, TracebackType],
) -> GraphenePythonError:
    """The result of a failed query whose type includes errors."""
    error = raised[1]
    text = str(safe(error)) if isinstance(error, Exception) else ""
    info = SerializableErrorInfo(text, [], type(error).__name__)
    return GraphenePythonError(info)  # type: ignore[no-untyped-call]


class RoleAwareWebserver(DagsterWebserver[WorkspaceProcessContext, WorkspaceRequestContext]):
    """One workspace for all users: operators may change it, others may read."""

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
        """None: the application around this one adds the headers."""
        return {}

    def build_routes(self) -> list[BaseRoute]:
        """Dagster's routes without the closed ones."""
        routes: list[BaseRoute] = super().build_routes()  # type: ignore[no-untyped-call]
        return [r for r in routes if not (isinstance(r, Route) and r.path.startswith(CLOSED))]

    def handle_graphql_errors(self, errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
        """Explains invalid queries; of internal errors only the path, the rest goes to the log."""
        shown = []
        for error in errors:
            formatted: dict[str, Any] = {**error.formatted}
            if isinstance(error.original_error, Exception):
                logger.error("%s: %s", error.path, safe(error.original_error))
                formatted["message"] = "Dagster cannot answer this"
                formatted.pop("extensions", None)
            shown.append(formatted)
        return shown

    def _determine_status_code(
        self, resolver_errors: list[GraphQLError] | None, captured_errors: list[Exception]
    ) -> int:
        """200 also if part of the query failed: the response says so."""
        invalid = any(error.original_error is None for error in resolver_errors or ())
        return 400 if invalid else 200

    async def download_debug_file_endpoint(self, request: Request) -> Any:
        """The complete record of a run, for a bug report."""
        run_id = request.path_params["run_id"]
        if self._process_context.instance.get_run_by_id(run_id) is None:
            raise HTTPException(404)
        return await super().download_debug_file_endpoint(request)

    async def download_captured_logs_endpoint(self, request: Request) -> Any:
        """Standard output or error of a step."""
        try:
            return await super().download_captured_logs_endpoint(request)
        except (ValueError, OSError):
            # the key names no file, or cannot be a file name
            raise HTTPException(404) from None
