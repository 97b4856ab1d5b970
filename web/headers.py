"""Security headers of every response."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The least strict policy, for what Dagster and dbt docs need: inline scripts and styles, workers,
#: data images. Dagster adds a stricter script policy to its own pages, and browsers apply both.
#: Nothing is loaded from, sent to or framed by another site.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
#: Our own pages without charts: no script.
PLAIN_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
#: Our own pages with charts: no inline script and no eval. Plotly adds style elements.
CHART_PAGE_POLICY = PLAIN_PAGE_POLICY.replace(
    "style-src 'self'; img-src data:",
    "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:",
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer, with which browsers send `Origin: null` for our forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
ONE_YEAR = "max-age=31536000"


class SecurityHeaders:
    """Adds the headers to every response, including rejections."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Calls the application and adds headers to its response."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.append("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                # pages are not cached, so that "back" shows nothing after signing out
                is_html = headers.get("content-type", "").startswith("text/html")
                is_file = "etag" in headers and not is_html
                headers.setdefault("Cache-Control", "private, no-cache" if is_file else "no-store")
                if scope.get("state", {}).get("origin", "").startswith("https:"):
                    headers["Strict-Transport-Security"] = ONE_YEAR
            await send(message)

        await self._app(scope, receive, complete)
