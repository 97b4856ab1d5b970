"""Checks requests to `/graphql`: form, size, depth and permission."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate

from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.perimeter import GRAPHQL

#: Limits; the largest query of the UI reaches a tenth of either.
MOST_TOKENS = 20_000
DEEPEST = 150
_BRACKET = re.compile(r"[\[({\])}]")


class RefusedError(ValueError):
    """A request that is not passed to Dagster, with the reason."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status

    def response(self) -> Response:
        """The response in GraphQL's format."""
        return JSONResponse({"data": None, "errors": [{"message": str(self)}]}, self.status)


class GraphQLGuard:
    """Passes on well-formed requests; rejects every mutation of a viewer.

    Requiring JSON is a second defence against other sites: a form cannot send it, and a script
    needs a CORS preflight. Dagster's read-only context also rejects viewers, but not for every
    mutation.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads and checks the whole body, then replays it to the application."""
        if scope["type"] == "http" and scope["path"] == GRAPHQL:
            body = b""
            if _sends_json(scope):
                body = await Request(scope, receive).body()
                receive = _replay(body, receive)
            try:
                _check(scope, body)
            except RefusedError as refused:
                return await refused.response()(scope, receive, send)
        return await self._app(scope, receive, send)


def _check(scope: Scope, body: bytes) -> None:
    if not _sends_json(scope):
        raise RefusedError("send application/json", 415)
    if is_mutation(query_of(body)) and not scope["user"].is_operator:
        raise RefusedError("viewers may not make changes", 403)


def _sends_json(scope: Scope) -> bool:
    content_type = Headers(scope=scope).get("content-type", "").partition(";")[0]
    return content_type.strip().lower() == "application/json"


def query_of(body: bytes) -> str:
    """The GraphQL document in the body of a request.

    Raises:
        RefusedError: it is not a JSON object with a query, or it is nested too deeply.
    """
    try:
        text = body.decode()
    except ValueError:
        raise RefusedError("the body is not UTF-8") from None
    _check_depth(text)
    try:
        request = json.loads(text)
        # lone surrogates and NaN cannot be serialised in the response
        json.dumps(request, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        raise RefusedError("the body is not JSON") from None
    if not isinstance(request, Mapping) or not isinstance(request.get("query"), str):
        raise RefusedError("the body must be a JSON object with a query")
    if not isinstance(request.get("variables"), Mapping | None):
        raise RefusedError("variables must be an object")
    if not isinstance(request.get("operationName"), str | None):
        raise RefusedError("operationName must be a string")
    return str(request["query"])


@lru_cache(64)
def is_mutation(query: str) -> bool:
    """Whether the document contains a mutation.

    Raises:
        RefusedError: it is not GraphQL, or too long.
    """
    try:
        document = parse(query, no_location=True, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        raise RefusedError(error.message) from None
    return any(
        isinstance(node, OperationDefinitionNode) and node.operation is OperationType.MUTATION
        for node in document.definitions
    )


def _check_depth(text: str) -> None:
    steps = (1 if match[0] in "[({" else -1 for match in _BRACKET.finditer(text))
    if max(accumulate(steps), default=0) > DEEPEST:
        raise RefusedError("nested too deeply")


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message
