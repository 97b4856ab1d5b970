"""The private parts of Dagster's web server that `web.dagster_ui` relies on.

How the application behaves with them is tested in `tests/integration/web`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_graphql.implementation.utils import ErrorCapture
from dagster_shared.error import SerializableErrorInfo
from dagster_webserver.webserver import DagsterWebserver
from graphql import GraphQLError

from web.dagster_ui import CLOSED, RoleAwareWebserver


def parameters(function: Callable[..., Any]) -> list[str]:
    return [*inspect.signature(function).parameters]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (DagsterWebserver.build_routes, ["self"]),
        (DagsterWebserver.make_security_headers, ["self"]),
        (DagsterWebserver.download_debug_file_endpoint, ["self", "request"]),
        (DagsterWebserver.download_captured_logs_endpoint, ["self", "request"]),
        (DagsterWebserver.handle_graphql_errors, ["self", "errors"]),
        (DagsterWebserver._make_request_context, ["self", "conn"]),
        (
            DagsterWebserver._determine_status_code,
            ["self", "resolver_errors", "captured_errors"],
        ),
        (ErrorCapture.on_exception, ["exc_info"]),
    ],
)
def test_replaced_methods_have_these_parameters(
    function: Callable[..., Any], expected: list[str]
) -> None:
    assert parameters(function) == expected
    name = function.__name__
    if hasattr(RoleAwareWebserver, name):
        assert parameters(getattr(RoleAwareWebserver, name)) == expected


@pytest.mark.parametrize(
    ("made", "needed"),
    [
        (
            WorkspaceRequestContext,
            {"instance", "current_workspace", "process_context", "version", "source", "read_only"},
        ),
        (
            WorkspaceProcessContext,
            {"instance", "workspace_load_target", "version", "code_server_log_level"},
        ),
        (SerializableErrorInfo, {"message", "stack", "cls_name"}),
        (DagsterWebserver, {"process_context", "live_data_poll_rate"}),
    ],
)
def test_constructors_accept_these_arguments(made: type, needed: set[str]) -> None:
    assert needed <= {*parameters(made)}


def test_workspace_file_is_a_list_of_paths() -> None:
    assert WorkspaceFileTarget(["workspace.yaml"]).paths == ["workspace.yaml"]


def test_process_context_gives_what_a_request_context_needs() -> None:
    for name in ("instance", "version", "get_current_workspace"):
        assert hasattr(WorkspaceProcessContext, name)


def test_read_only_is_decided_per_request_context() -> None:
    """Only `read_only` of the request context separates a viewer from an operator."""
    permissions = [
        WorkspaceRequestContext(
            instance=None,  # type: ignore[arg-type]
            current_workspace=None,  # type: ignore[arg-type]
            process_context=None,  # type: ignore[arg-type]
            version="",
            source=None,
            read_only=read_only,
        ).permissions["launch_pipeline_execution"]
        for read_only in (True, False)
    ]
    assert [permission.enabled for permission in permissions] == [False, True]


def test_closed_routes_exist() -> None:
    routes = {route.path for route in _Bare().build_routes()}  # type: ignore[no-untyped-call]
    assert all(any(path.startswith(prefix) for path in routes) for prefix in CLOSED)


def test_dagster_still_sends_stack_traces() -> None:
    """Fails when Dagster stops it: the error handling of `web.dagster_ui` can go then."""
    with pytest.raises(ValueError, match="secret") as raised:
        int("secret")
    failed = GraphQLError("failed", original_error=raised.value)
    [shown] = _Bare().handle_graphql_errors([failed])
    assert "secret" in str(shown["extensions"]["errorInfo"])


class _Bare(DagsterWebserver[Any, Any]):
    """The web server without an instance."""

    def __init__(self) -> None:
        self._app_path_prefix = ""
        self._uses_app_path_prefix = False
