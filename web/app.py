"""The web application: the gate around our pages and Dagster's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dagster._core.workspace.context import WorkspaceProcessContext
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from core.settings import Settings
from web import dashboard, login, pages
from web.authentication import Gatekeeper, RequireLogin
from web.dagster_ui import RoleAwareWebserver
from web.graphql import GraphQLGuard
from web.headers import SecurityHeaders
from web.perimeter import Perimeter
from web.sessions import Sessions
from web.users import Users

STYLE = Path(__file__).parent / "templates" / "style.css"
#: The largest body and WebSocket message; run configuration is the largest thing people send.
BODY_BYTES = 1 << 20


def create_app(
    settings: Settings, context: WorkspaceProcessContext, origins: Iterable[str]
) -> ASGIApp:
    """Everything that is served.

    The order is the point: a request meets the perimeter, then the login, then the guard of
    GraphQL, and a page that is added below them is behind them all.

    Args:
        settings: Where releases, pages and users are.
        context: Dagster's instance and code locations.
        origins: The addresses that people use, as `http://127.0.0.1:3000`.
    """
    users = Users(settings.home)
    sessions = Sessions(users)
    gatekeeper = Gatekeeper(settings, users, sessions)
    inside = Starlette(
        routes=[
            Route("/style.css", lambda _: FileResponse(STYLE)),
            *login.routes(users, sessions),
            *pages.routes(settings),
            *dashboard.routes(settings),
            Mount("/", RoleAwareWebserver(context).create_asgi_app()),
        ],
        middleware=[
            Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_BYTES),
            Middleware(Perimeter, origins=origins),
            Middleware(AuthenticationMiddleware, backend=gatekeeper),
            Middleware(RequireLogin, gatekeeper=gatekeeper),
            Middleware(GraphQLGuard),
        ],
    )
    # around Starlette's own answer to an error, too
    return SecurityHeaders(inside)
