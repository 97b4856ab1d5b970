"""Whatever bytes arrive: no failure inside, and no file from outside the served folders."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.depth import examples
from tests.integration.web.gated import COOKIE, ORIGIN, Gated
from web.server import configured

CANARY = "canary-7f3a"
Send = Callable[[bytes], tuple[int, bytes]]

OUTSIDE = ("secrets/identity.key", "secrets/users.json", "world/truth.csv", "etc/passwd")
UP = (
    "..", "%2e%2e", ".%2e", "%252e%252e", "%c0%ae%c0%ae", "..%00", "....", "..;", "%uff0e%uff0e",
)  # fmt: skip
SLASH = ("/", "%2f", "%5c", "\\", "%252f", "//", "%c0%af")
ROOTS = ("/", "/docs/", "/quality/", "/_next/", "/vendor/", "/logs/", "/download_debug/", "/login/")
HOST = ORIGIN.removeprefix("http://").encode()


@pytest.fixture(scope="module")
def cookie(gated: Gated) -> bytes:
    for path in OUTSIDE[:3]:
        if path != "secrets/users.json":
            (gated.home / path).parent.mkdir(exist_ok=True)
            (gated.home / path).write_text(CANARY)
    return f"{COOKIE}={gated.signed_in('operator').cookies[COOKIE]}".encode()


@pytest.fixture(scope="module")
def send(gated: Gated) -> Iterator[Send]:
    """Sends raw bytes to the server as it is deployed; its status and all of its answer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(configured(gated.app, "127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)

        def exchange(request: bytes) -> tuple[int, bytes]:
            with socket.create_connection(listening.getsockname(), timeout=20) as connection:
                answer = b""
                # it may answer and hang up before it has read everything
                with suppress(ConnectionResetError, BrokenPipeError):
                    connection.sendall(request)
                with suppress(ConnectionResetError):
                    while part := connection.recv(65536):
                        answer += part
            status = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
            return int(status[1]) if status else 0, answer

        yield exchange
        server.should_exit = True
        thread.join()


def request(
    target: bytes, cookie: bytes, method: bytes = b"GET", body: bytes = b"", extra: bytes = b""
) -> bytes:
    head = b"%s %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nConnection: close\r\n" % (
        method, target, HOST, cookie,
    )  # fmt: skip
    if body:
        head += b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    return head + extra + b"\r\n" + body


def is_contained(status: int, answer: bytes) -> bool:
    leaked = any(word in answer for word in (CANARY.encode(), b"argon2id", b"root:x:"))
    # 0: the server hung up on what is no HTTP
    return not leaked and (status == 0 or 200 <= status < 500)


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])
@given(
    root=st.sampled_from(ROOTS),
    up=st.sampled_from(UP),
    slash=st.sampled_from(SLASH),
    depth=st.integers(1, 12),
    outside=st.sampled_from(OUTSIDE),
    tail=st.sampled_from(["", "%00", "%00.html", "?a", "/.", ".%20", "%0a"]),
)
def test_paths_cannot_escape_the_served_folders(
    send: Send, cookie: bytes, root: str, up: str, slash: str, depth: int, outside: str, tail: str
) -> None:
    target = root + (up + slash) * depth + outside.replace("/", slash) + tail
    assert is_contained(*send(request(target.encode(), cookie)))


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])
@given(
    method=st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"TRACE", b"X", b"get"]),
    target=st.binary(max_size=60).map(lambda raw: raw.replace(b" ", b"").replace(b"\n", b"")),
    extra=st.binary(max_size=60),
)
def test_random_bytes_never_crash_the_server(
    send: Send, cookie: bytes, method: bytes, target: bytes, extra: bytes
) -> None:
    assert is_contained(*send(request(b"/" + target, cookie, method)))
    assert is_contained(*send(request(b"/", cookie, method, extra=b"X: " + extra + b"\r\n")))


DEEP = 100_000
BODIES = {
    "nothing": b" ",
    "no JSON": b"{",
    "no object": b"[]",
    "a batch": b'[{"query": "{ version }"}]',
    "no query": b"{}",
    "a query that is no text": b'{"query": 1}',
    "null": b'{"query": null}',
    "no UTF-8": b'{"query": "\xff"}',
    "half a surrogate pair": rb'{"query": "{ version }", "variables": {"a": "\ud800"}}',
    "an unknown escape": rb'{"query": "\q"}',
    "NaN": b'{"query": "{ version }", "variables": {"a": NaN}}',
    "a number without end": b'{"query": "{ version }", "variables": {"a": ' + b"9" * 9999 + b"}}",
    "variables that are no object": b'{"query": "{ version }", "variables": [1]}',
    "an unknown operation": b'{"query": "{ version }", "operationName": "x"}',
    "deep JSON": b'{"query": "{ version }", "variables": {"a": '
    + b"[" * DEEP
    + b"]" * DEEP
    + b"}}",
    "a deep query": json.dumps({"query": "{a" * DEEP + "}" * DEEP}).encode(),
    "a query at the limit of depth": json.dumps({"query": "{a" * 145 + "}" * 145}).encode(),
    "a deep list": json.dumps({"query": "{a(b: " + "[" * DEEP + ")}"}).encode(),
    "a long query": json.dumps({"query": "{" + " version" * 30_000 + "}"}).encode(),
    "no GraphQL": b'{"query": "\\u0000"}',
    "unknown fields": b'{"query": "{ nothing { of this } }"}',
    "fragments in a circle": json.dumps(
        {"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"}
    ).encode(),
    "fragments in a chain": json.dumps(
        {
            "query": "{ ...F0 } "
            + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(1500))
            + " fragment F1500 on Query { version }"
        }
    ).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_malformed_graphql_request_is_rejected(send: Send, cookie: bytes, body: bytes) -> None:
    status, answer = send(request(b"/graphql", cookie, b"POST", body))
    assert status in {400, 413}
    assert is_contained(status, answer)


ODD = {
    "a huge header": request(b"/", b"", extra=b"X: " + b"a" * 100_000 + b"\r\n"),
    "many headers": request(b"/", b"", extra=b"X: a\r\n" * 20_000),
    "a huge body": request(b"/login", b"", b"POST", b"a" * (2 << 20)),
    "a body that is chunked without end": request(
        b"/login", b"", b"POST", extra=b"Transfer-Encoding: chunked\r\n"
    )
    + b"10000\r\n" + b"a" * 65536 + b"\r\n" * 40,
    "a length that is none": request(b"/login", b"", b"POST", extra=b"Content-Length: -1\r\n"),
    "two lengths": request(
        b"/login", b"", b"POST", extra=b"Content-Length: 1\r\nContent-Length: 2\r\n"
    ),
    "a long path": request(b"/" + b"a" * 5000, b""),
    "a long name": request(b"/docs/" + b"a" * 1000, b""),
    "two hosts": request(b"/", b"", extra=b"Host: evil.example\r\n"),
    "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    "an absolute target": request(b"http://evil.example/", b""),
    "a form with many fields": request(
        b"/login", b"", b"POST", extra=b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 4000\r\n"
    ) + b"a=&" * 1333 + b"a",
    "odd cookies": request(b"/", b"a=\xff; ;=;" + COOKIE.encode() + b"=\xff\xfe"),
    "a broken upgrade": request(
        b"/graphql", b"", extra=b"Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n"
    ),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}  # fmt: skip


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD.keys())
def test_malformed_http_is_rejected(send: Send, raw: bytes) -> None:
    status, answer = send(raw)
    assert is_contained(status, answer)
    assert status == 0 or status >= 400


@pytest.mark.parametrize(
    "path", ["/docs/" + "a" * 300, "/logs/x", "/logs/a/" + "b" * 400 + ".out", "/download_debug/x"]
)
def test_missing_resources_give_404(send: Send, cookie: bytes, path: str) -> None:
    assert send(request(path.encode(), cookie))[0] == 404
