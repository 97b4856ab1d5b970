"""What is refused whoever asks: foreign hosts and origins, odd paths, methods that change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.refusal import refuse

LOGIN = "/login"
GRAPHQL = "/graphql"
#: With `LOGIN` the only paths that take a POST, and nothing but a POST changes anything.
POST_ONLY = frozenset({"/logout", GRAPHQL})
PATH_LENGTH = 2048
QUERY_LENGTH = 8192
#: Nothing we serve is named so; `//`, `.` and `..` segments, backslashes, control characters.
_ODD_PATH = re.compile(r"//|/\.\.?(/|$)|[\\\x00-\x1f\x7f\ufffd]")


class Perimeter:
    """Lets through what a browser on one of our own pages sends.

    Binding to loopback does not keep a foreign page in the user's browser out: it can send requests
    to any address, and by DNS rebinding read the answers. Host and Origin tell them apart.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._hosts = {urlsplit(origin).netloc: origin for origin in self._origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or calls the application with `scope["state"]["origin"]` set."""
        if scope["type"] in {"http", "websocket"}:
            headers = Headers(scope=scope)
            if refusal := self._refusal(scope, headers):
                return await refuse(scope, receive, send, refusal)
            scope.setdefault("state", {})["origin"] = self._hosts[headers["host"].lower()]
        return await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return _FOREIGN_HOST
        if _is_odd(scope):
            return _NOT_FOUND
        if scope["type"] == "websocket":
            if scope["path"] != GRAPHQL:
                return _NOT_FOUND
        elif scope["method"] in {"GET", "HEAD"}:
            return _NOT_ALLOWED if scope["path"] in POST_ONLY else None
        elif scope["method"] != "POST" or scope["path"] not in {LOGIN, *POST_ONLY}:
            return _NOT_ALLOWED
        return None if self._is_ours(headers) else _FOREIGN_ORIGIN

    def _is_ours(self, headers: Headers) -> bool:
        """Browsers name the page's origin with every POST and WebSocket; programs name none."""
        named = headers.getlist("origin")
        if named:
            return len(named) == 1 and named[0].lower() in self._origins
        return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}


def _is_odd(scope: Scope) -> bool:
    path: str = scope["path"]
    return (
        len(path) > PATH_LENGTH
        or len(scope.get("query_string", b"")) > QUERY_LENGTH
        or not path.startswith("/")
        or _ODD_PATH.search(path) is not None
    )


_FOREIGN_HOST = PlainTextResponse(
    "This address is not one of this server's. AFFILIATE_WEB_ORIGINS names them.\n", 421
)
_FOREIGN_ORIGIN = PlainTextResponse("Another site's page may not do this.\n", 403)
_NOT_FOUND = PlainTextResponse("There is nothing here.\n", 404)
_NOT_ALLOWED = PlainTextResponse("This cannot be done this way.\n", 405)
