"""Authentication: by session cookie or by the header of a trusted proxy, else the login page."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import Settings
from web.refusal import POLICY_VIOLATION, refuse
from web.sessions import Sessions
from web.users import NAME, Role, User, Users

#: Paths that need no login; they reveal nothing about the platform.
OPEN = frozenset({"/login", "/health", "/style.css"})


class SignedIn(BaseUser):
    """The user of a request."""

    def __init__(self, user: User, via_proxy: bool) -> None:
        self.name = user.name
        self.role = user.role
        self.via_proxy = via_proxy

    @property
    def is_authenticated(self) -> bool:
        """Always true: the class exists only for signed-in users."""
        return True

    @property
    def display_name(self) -> str:
        """The name in the user list."""
        return self.name

    @property
    def is_operator(self) -> bool:
        """Whether this user may make changes."""
        return self.role is Role.OPERATOR


class Gatekeeper(AuthenticationBackend):
    """Finds the user of a request, if any."""

    def __init__(self, settings: Settings, users: Users, sessions: Sessions) -> None:
        self._header = settings.trusted_proxy_header
        self._proxies = settings.trusted_proxies
        self._users = users
        self._sessions = sessions

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SignedIn] | None:
        """The header of a trusted proxy takes precedence over a cookie."""
        user = self.find(conn)
        return (AuthCredentials([user.role]), user) if user else None

    def find(self, conn: HTTPConnection) -> SignedIn | None:
        """The user of a request, as of now."""
        if named := self._named_by_proxy(conn):
            return SignedIn(named, via_proxy=True)
        token = conn.cookies.get(cookie_name(conn))
        user = self._sessions.find(token) if token else None
        return SignedIn(user, via_proxy=False) if user else None

    def _named_by_proxy(self, conn: HTTPConnection) -> User | None:
        """The user named by the proxy; names that are not in the user list are viewers."""
        if not self._header or not conn.client or not _within(conn.client.host, self._proxies):
            return None
        named = conn.headers.getlist(self._header)
        if len(named) != 1 or not NAME.fullmatch(named[0]):
            return None
        return self._users.all().get(named[0]) or User(named[0], Role.VIEWER)


class RequireLogin:
    """Requires a login, and closes a WebSocket at the first message after its session ended."""

    def __init__(self, app: ASGIApp, gatekeeper: Gatekeeper) -> None:
        self._app = app
        self._gatekeeper = gatekeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rejects the request or passes it on."""
        if scope["type"] in {"http", "websocket"} and scope["path"] not in OPEN:
            conn = HTTPConnection(scope)
            if not conn.user.is_authenticated:
                return await refuse(scope, receive, send, _sign_in_first(conn))
            if scope["type"] == "websocket":
                send = self._while_signed_in(conn, send)
        return await self._app(scope, receive, send)

    def _while_signed_in(self, conn: HTTPConnection, send: Send) -> Send:
        closed = False

        async def checked(message: Message) -> None:
            nonlocal closed
            if closed:
                return
            if self._gatekeeper.find(conn) is None:
                closed = True
                message = {"type": "websocket.close", "code": POLICY_VIOLATION}
            await send(message)

        return checked


def _sign_in_first(conn: HTTPConnection) -> Response:
    """Browsers are redirected to the login page, programs get status 401."""
    if "text/html" not in conn.headers.get("accept", ""):
        return JSONResponse({"error": "sign in at /login"}, 401)
    query = conn.url.query
    wanted = quote(conn.url.path + (f"?{query}" if query else ""), safe="/")
    return RedirectResponse(f"/login?next={wanted}", 303)


def cookie_name(conn: HTTPConnection) -> str:
    """Name of the session cookie; a local one contains the port, since all ports share cookies."""
    origin = urlsplit(conn.state.origin)
    if origin.scheme == "https":
        return "__Host-affiliate-session"
    return f"affiliate-session-{origin.port}"


def _within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return any(peer in network for network in networks)
