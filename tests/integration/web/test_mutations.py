"""Nothing changes without an operator's login: every mutation of the installed Dagster, tried."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tests.integration.web.gated import ORIGIN, SOCKET, Gated
from tests.integration.web.mutations import Request, every_mutation
from web.authentication import SignedIn
from web.dagster_ui import RoleAwareWebserver
from web.users import Role, User

FOREIGN = "https://evil.example"
#: Mutations that Dagster does not ask a permission for. A new one here needs a look.
UNASKED = {"logTelemetry", "setNuxSeen"}


@pytest.fixture(scope="module")
def operator(gated: Gated) -> TestClient:
    return gated.signed_in("operator")


@pytest.fixture(scope="module")
def mutations(operator: TestClient) -> dict[str, Request]:
    found = every_mutation(operator)
    assert len(found) > 30
    return found


def as_get(client: TestClient, request: Request) -> Any:
    return client.get("/graphql", params={"query": request["query"]})


def from_foreign_page(client: TestClient, request: Request) -> Any:
    return client.post("/graphql", json=request, headers={"Origin": FOREIGN})


def from_sandboxed_frame(client: TestClient, request: Request) -> Any:
    return client.post("/graphql", json=request, headers={"Origin": "null"})


def from_another_local_port(client: TestClient, request: Request) -> Any:
    return client.post("/graphql", json=request, headers={"Origin": "http://127.0.0.1:8000"})


def by_rebound_name(client: TestClient, request: Request) -> Any:
    headers = {"Host": "evil.example:3000", "Origin": "http://evil.example:3000"}
    return client.post("/graphql", json=request, headers=headers)


def as_form(client: TestClient, request: Request) -> Any:
    return client.post("/graphql", data={"query": request["query"]})


def as_plain_text(client: TestClient, request: Request) -> Any:
    params = {"query": request["query"]}
    return client.post("/graphql", params=params, headers={"Content-Type": "text/plain"})


def as_graphql(client: TestClient, request: Request) -> Any:
    headers = {"Content-Type": "application/graphql"}
    return client.post("/graphql", content=request["query"], headers=headers)


def same_origin(client: TestClient, request: Request) -> Any:
    return client.post("/graphql", json=request)


@pytest.mark.parametrize(
    ("who", "attack"),
    [
        ("operator", as_get),
        ("operator", from_foreign_page),
        ("operator", from_sandboxed_frame),
        ("operator", from_another_local_port),
        ("operator", by_rebound_name),
        ("operator", as_form),
        ("operator", as_plain_text),
        ("operator", as_graphql),
        ("nobody", same_origin),
        ("nobody", as_get),
        ("ana", same_origin),
        ("ana", as_get),
    ],
)
def test_mutations_are_rejected_and_change_nothing(
    gated: Gated, mutations: dict[str, Request], who: str, attack: Any
) -> None:
    client = gated.client() if who == "nobody" else gated.signed_in(who)
    before = gated.state()
    answers = {name: attack(client, request).status_code for name, request in mutations.items()}
    assert gated.state() == before
    assert set(answers.values()) <= {401, 403, 405, 415, 421}, answers


def test_viewer_cannot_hide_a_mutation_in_a_query(gated: Gated) -> None:
    before = gated.state()
    document = "query Q { version } mutation M { setNuxSeen }"
    for name in ("Q", "M", None):
        request = {"query": document, "operationName": name}
        assert gated.signed_in("ana").post("/graphql", json=request).status_code == 403
    assert gated.state() == before


@pytest.mark.parametrize("who", ["operator", "ana"])
def test_websocket_runs_no_mutation(gated: Gated, mutations: dict[str, Request], who: str) -> None:
    before = gated.state()
    with gated.signed_in(who).websocket_connect(SOCKET, ["graphql-ws"]) as socket:
        for name, request in mutations.items():
            socket.send_json({"type": "start", "id": name, "payload": request})
            assert socket.receive_json()["type"] == "error"
    assert gated.state() == before


def test_dagster_rejects_viewers_too(gated: Gated, mutations: dict[str, Request]) -> None:
    """The second wall, with the first taken down."""
    dagster = RoleAwareWebserver(gated.context).create_asgi_app()

    async def ungated(scope: Scope, receive: Receive, send: Send) -> None:
        scope["user"] = SignedIn(User("ana", Role.VIEWER), via_proxy=False)
        await dagster(scope, receive, send)

    client = TestClient(ungated, base_url=ORIGIN, raise_server_exceptions=False)
    before = gated.state()
    for name, request in mutations.items():
        if name not in UNASKED:
            client.post("/graphql", json=request)
            assert gated.state() == before, name


def test_operator_may_run_the_same_mutations(
    gated: Gated, operator: TestClient, mutations: dict[str, Request]
) -> None:
    effective = ("startSchedule", "setSensorCursor", "addDynamicPartition")
    for name in effective:
        before = gated.state()
        answer = operator.post("/graphql", json=mutations[name])
        assert answer.status_code == 200, answer.text
        assert gated.state() != before, (name, answer.text)
