"""Rejects requests and WebSockets."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

POLICY_VIOLATION = 1008


async def refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Sends the response; a WebSocket is closed before it opens, which browsers report as 403."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
    else:
        await response(scope, receive, send)
