"""The web application: access control around our pages and Dagster's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

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
from web.dagster_ui import RoleAwareWebserver, WorkspaceProcessContext
from web.graphql import GraphQLGuard
from web.headers import SecurityHeaders
from web.perimeter import Perimeter
from web.sessions import Sessions
from web.users import Users

STYLE = Path(__file__).parent / "templates" / "style.css"
#: Maximum size of a request body or WebSocket message; the largest in use is run configuration.
BODY_BYTES = 1 << 20


def create_app(
    settings: Settings, context: WorkspaceProcessContext, origins: Iterable[str]
) -> ASGIApp:
    """The whole application.

    The order matters: a request passes the perimeter, then the login, then the GraphQL guard. Every
    page that is added to the routes is protected by all of them.

    Args:
        settings: Where releases, pages and users are.
        context: Dagster's instance and code locations.
        origins: The addresses in the browser, such as `http://127.0.0.1:3000`.
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
    # outermost, so that Starlette's own error responses get the headers too
    return SecurityHeaders(inside)
