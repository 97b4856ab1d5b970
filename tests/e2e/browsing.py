"""A browser without a screen: signs in and asks as the pages' scripts do."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Session:
    """A person who is signed in at the pages on a port of this machine."""

    def __init__(self, port: int, name: str, password: str) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._browser: OpenerDirector = build_opener(HTTPCookieProcessor())
        form = urlencode({"name": name, "password": password}).encode()
        with self._browser.open(f"{self._address}/login", form, timeout=10):
            pass

    def ask(self, query: str, **variables: Any) -> Any:
        """An answer of the UI's GraphQL server."""
        request = Request(
            f"{self._address}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with self._browser.open(request, timeout=30) as answer:
                return json.load(answer)["data"]
        except HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def page(self, path: str) -> str:
        """A page as text."""
        with self._browser.open(f"{self._address}{path}", timeout=10) as answer:
            return str(answer.read().decode())
