"""Login, sessions, roles, the trusted proxy and security headers."""

from __future__ import annotations

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.integration.web.gated import COOKIE, ORIGIN, PASSWORDS, SOCKET, Gated
from web.throttle import PER_NAME
from web.users import Role, Users

HTML = {"Accept": "text/html,application/xhtml+xml"}
PROXY, NOT_PROXY = "10.1.2.3", "10.2.2.3"
PAGES = ("/", "/docs/", "/quality/", "/dashboard", "/asset-groups/", "/logs/a/b", "/server_info")
VERSION = {"query": "{ version }"}
PERMISSION = {"query": "{ permissions { permission value } }"}


def test_only_the_login_page_is_public(gated: Gated) -> None:
    client = gated.client()
    for path in PAGES:
        assert client.get(path).status_code == 401
        sent = client.get(path + "?a=1", headers=HTML)
        assert sent.status_code == 303
        assert sent.headers["location"] == f"/login?next={path}%3Fa%3D1"
    assert "Affiliate" not in client.get("/docs/", headers=HTML).text
    assert client.get("/login").status_code == 200
    assert client.get("/health").text == "ok\n"


@pytest.mark.parametrize(("name", "allowed"), [("operator", True), ("ana", False)])
def test_role_determines_permissions_in_dagster(gated: Gated, name: str, allowed: bool) -> None:
    client = gated.signed_in(name)
    assert f"<b>{name}</b>" in client.get("/").text
    assert "Glossary" in client.get("/docs/").text
    answer = client.post("/graphql", json=PERMISSION).json()["data"]["permissions"]
    launch = {p["permission"]: p["value"] for p in answer}["launch_pipeline_execution"]
    assert launch is allowed


def test_cookie_is_restricted_to_this_server(gated: Gated) -> None:
    form = {"name": "ana", "password": PASSWORDS["ana"]}
    given = gated.client().post("/login", data=form).headers["set-cookie"]
    assert given.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(given.split("; "))
    https = {"Host": "data.example", "Origin": "https://data.example"}
    answer = gated.client().post("/login", data=form, headers=https)
    assert answer.headers["set-cookie"].startswith("__Host-affiliate-session=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "Strict-Transport-Security" in answer.headers


def test_cookie_is_invalid_after_logout(gated: Gated) -> None:
    client = gated.signed_in("ana")
    token = client.cookies[COOKIE]
    with client.websocket_connect(SOCKET, ["graphql-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        assert client.get("/logout").status_code == 405
        assert client.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.get("/").status_code == 200
        assert client.post("/logout").status_code == 303
        socket.send_json({"type": "connection_init"})
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()
    client.cookies.set(COOKIE, token)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(
    ("signed_in", "headers", "url"),
    [
        (False, {}, SOCKET),
        (True, {"Origin": "https://evil.example"}, SOCKET),
        (True, {"Host": "evil.example"}, SOCKET),
        (True, {}, SOCKET.replace("graphql", "other")),
    ],
)
def test_websockets_require_a_login(
    gated: Gated, signed_in: bool, headers: dict[str, str], url: str
) -> None:
    client = gated.signed_in("operator") if signed_in else gated.client()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(url, headers=headers):
        pass


def test_wrong_password_and_unknown_name_look_the_same(gated: Gated) -> None:
    client = gated.client("192.0.2.1")
    wrong = client.post("/login", data={"name": "ana", "password": "x"})
    unknown = client.post("/login", data={"name": "nobody", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("ana", "nobody") == unknown.text
    script = client.post("/login", data={"name": '"><script>', "password": "x"})
    assert "<script>" not in script.text


def test_password_attempts_are_throttled(gated: Gated) -> None:
    client = gated.client("192.0.2.2")
    form = {"name": "operator", "password": "x"}
    assert {client.post("/login", data=form).status_code for _ in range(PER_NAME)} == {401}
    form["password"] = PASSWORDS["operator"]
    stopped = client.post("/login", data=form)
    assert stopped.status_code == 429
    assert 0 < int(stopped.headers["retry-after"]) <= 60
    assert gated.signed_in("operator").get("/").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "", "x"],
)
def test_login_does_not_redirect_to_other_sites(gated: Gated, wanted: str) -> None:
    form = {"name": "ana", "password": PASSWORDS["ana"], "next": wanted}
    assert gated.client().post("/login", data=form).headers["location"] == "/"
    form["next"] = "/runs?view=all"
    assert gated.client().post("/login", data=form).headers["location"] == "/runs?view=all"


def test_only_the_trusted_proxy_may_name_a_user(gated: Gated) -> None:
    Users(gated.home).add("boss@corp.example", Role.OPERATOR, None)
    named = {"X-Forwarded-User": "boss@corp.example"}
    assert gated.client(NOT_PROXY).get("/", headers=named).status_code == 401
    assert gated.client().get("/", headers=named).status_code == 401
    proxied = gated.client(PROXY)
    assert proxied.get("/").status_code == 401
    assert (
        '</b> <span class="faint">with role</span> operator' in proxied.get("/", headers=named).text
    )
    guest = proxied.get("/", headers={"X-Forwarded-User": "guest@corp.example"}).text
    assert "with role</span> viewer" in guest
    assert "Sign out" not in guest
    twice = [("X-Forwarded-User", "guest"), ("X-Forwarded-User", "boss@corp.example")]
    assert proxied.get("/", headers=twice).status_code == 401
    from_elsewhere = {**named, "Origin": "https://evil.example"}
    assert proxied.post("/graphql", json=VERSION, headers=from_elsewhere).status_code == 403


def test_every_response_has_the_security_headers(gated: Gated) -> None:
    client = gated.signed_in("ana")
    answers = [client.get(path) for path in (*PAGES, "/login", "/style.css", "/favicon.svg")]
    answers.append(gated.client().get("/", headers={"Host": "evil.example"}))
    answers.append(client.put("/"))
    for answer in answers:
        policies = answer.headers.get_list("content-security-policy")
        assert any("frame-ancestors 'none'" in policy for policy in policies)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] in {"no-store", "private, no-cache"}
    assert "strict-dynamic" in str(client.get("/asset-groups/").headers)


def test_programs_need_json_but_no_origin(gated: Gated) -> None:
    client = gated.signed_in("ana")
    del client.headers["Origin"]
    assert client.post("/graphql", json=VERSION).status_code == 200
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/graphql", json=VERSION, headers=cross).status_code == 403
    assert client.get("/", headers={"Host": ORIGIN.removeprefix("http://")}).status_code == 200
