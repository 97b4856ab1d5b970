"""The dashboard: charts of the current release, or of one affiliate's own file."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from core.errors import AffiliateError
from core.settings import Settings
from web.dashboard.filters import FilterError
from web.dashboard.view import (
    PLOTLY,
    SCRIPT,
    STYLES,
    NothingThereError,
    read_view,
)
from web.headers import CHART_PAGE_POLICY
from web.rendering import page, render

_STATUS: dict[type[AffiliateError], int] = {FilterError: 400, NothingThereError: 404}


def routes(settings: Settings) -> list[BaseRoute]:
    """`/dashboard/`, with the scripts and styles it loads."""

    def show(request: Request) -> Response:
        try:
            view = read_view(settings, request.query_params.multi_items())
        except AffiliateError as error:
            return page("dashboard_error.html", _STATUS.get(type(error), 503), error=error)
        html = render("dashboard.html", view=view, inline=None)
        return HTMLResponse(html, headers={"Content-Security-Policy": CHART_PAGE_POLICY})

    return [
        Route("/dashboard", lambda request: RedirectResponse(f"/dashboard/?{request.url.query}")),
        Route("/dashboard/", show),
        *(
            Route(f"/dashboard/{path.name}", lambda _, path=path: FileResponse(path))
            for path in (PLOTLY, SCRIPT, *STYLES[1:])
        ),
    ]
