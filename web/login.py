"""Login, logout and the health check."""

from __future__ import annotations

from math import ceil
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from web.authentication import cookie_name
from web.rendering import page
from web.sessions import Sessions
from web.throttle import Throttle
from web.users import Users

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 10
#: One hash takes 46 MiB and a tenth of a second of CPU time.
HASHES_AT_ONCE = 2


def routes(users: Users, sessions: Sessions) -> list[BaseRoute]:
    """`/login`, `/logout` and `/health`."""
    throttle = Throttle()
    hashing = CapacityLimiter(HASHES_AT_ONCE)

    async def show(request: Request) -> Response:
        wanted = _local(request.query_params.get("next", ""))
        if request.user.is_authenticated:
            return RedirectResponse(wanted, 303)
        return page("login.html", next=wanted, name="", error=None)

    async def sign_in(request: Request) -> Response:
        form = await _fields(request)
        name, wanted = form.get("name", "").strip(), _local(form.get("next", ""))
        address = request.client.host if request.client else ""
        if seconds := throttle.attempt(address, name):
            error = f"Too many attempts. Try again in {ceil(seconds)} seconds."
            wait = page("login.html", 429, next=wanted, name=name, error=error)
            wait.headers["Retry-After"] = str(ceil(seconds))
            return wait
        user = await to_thread.run_sync(
            users.verify, name, form.get("password", ""), limiter=hashing
        )
        if user is None:
            error = "Wrong name or password."
            return page("login.html", 401, next=wanted, name=name, error=error)
        throttle.succeeded(address, name)
        _sign_out(request, sessions)
        response = RedirectResponse(wanted, 303)
        secure = request.state.origin.startswith("https:")
        response.set_cookie(
            cookie_name(request), sessions.open(user), httponly=True, samesite="lax", secure=secure
        )
        return response

    async def sign_out(request: Request) -> Response:
        _sign_out(request, sessions)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(cookie_name(request), httponly=True, samesite="lax")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    return [
        Route("/login", show),
        Route("/login", sign_in, methods=["POST"]),
        Route("/logout", sign_out, methods=["POST"]),
        Route("/health", health),
    ]


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form; empty for any other content type."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return {}
    body = (await request.body()).decode(errors="replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


def _local(wanted: str) -> str:
    """The path if it is on this site, otherwise the start page: prevents open redirects."""
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_path and wanted.isprintable() else "/"


def _sign_out(request: Request, sessions: Sessions) -> None:
    if token := request.cookies.get(cookie_name(request)):
        sessions.close(token)
