"""Rejects requests before the login: foreign hosts and origins, malformed paths, odd methods."""

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
#: With `LOGIN` the only paths that accept POST; no other method changes anything.
POST_ONLY = frozenset({"/logout", GRAPHQL})
PATH_LENGTH = 2048
QUERY_LENGTH = 8192
#: `//`, `.` and `..` segments, backslashes, control characters: no served path contains them.
_ODD_PATH = re.compile(r"//|/\.\.?(/|$)|[\\\x00-\x1f\x7f\ufffd]")


class Perimeter:
    """Accepts only requests that a browser sends from one of our own pages.

    Listening on loopback does not keep out another site in the user's browser: it can send requests
    to any address, and read the responses by DNS rebinding. Host and Origin identify such requests.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._hosts = {urlsplit(origin).netloc: origin for origin in self._origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rejects the request, or passes it on with `scope["state"]["origin"]` set."""
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
        """Browsers send the origin with every POST and WebSocket; other clients send none."""
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
    "This server is not known by this address. AFFILIATE_WEB_ORIGINS lists its addresses.\n", 421
)
_FOREIGN_ORIGIN = PlainTextResponse("Requests from other sites are not allowed.\n", 403)
_NOT_FOUND = PlainTextResponse("Not found.\n", 404)
_NOT_ALLOWED = PlainTextResponse("Method not allowed.\n", 405)
