"""`affiliate up`: one address for every page, with the run history; it ends when asked to."""

from __future__ import annotations

import json
import signal
import socket
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.e2e.conftest import Home

START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, query: str) -> Any:
    """An answer of the UI's GraphQL server, as soon as it serves the code location."""
    request = Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(request, timeout=10) as answer:
                return json.load(answer)["data"]
        except URLError:
            assert time.monotonic() < deadline, "the UI does not answer"
            time.sleep(0.5)


def page(port: int, path: str) -> str:
    """A page as text."""
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def test_one_address_serves_the_pipeline_its_docs_and_the_release(home: Home) -> None:
    home.must("docs", "build")
    port = free_port()
    served = home.start("up", "--port", str(port))
    try:
        runs = ask(port, "{ runsOrError { ... on Runs { results { jobName status } } } }")
        assets = ask(
            port,
            "{ assetNodes { assetKey { path } groupName kinds owners { __typename } "
            "description hasAssetChecks } }",
        )["assetNodes"]
        schedules = ask(
            port,
            "{ workspaceOrError { ... on Workspace { locationEntries { "
            "locationOrLoadError { ... on RepositoryLocation { repositories { "
            "schedules { name } } } } } } } }",
        )
        start, docs, quality = (page(port, path) for path in ("/", "/docs/", "/quality/"))
        with pytest.raises(HTTPError, match="404"):
            page(port, "/docs/..%2fsecrets/identity.key")
    finally:
        served.send_signal(signal.SIGTERM)
        served.communicate()

    assert {"jobName": "everything", "status": "SUCCESS"} in runs["runsOrError"]["results"]
    groups = {asset["groupName"] for asset in assets}
    assert groups >= {"oltp", "events", "raw", "staging", "identity", "marts", "serving"}
    assert all(asset["kinds"] and asset["owners"] and asset["description"] for asset in assets)
    marts = [asset for asset in assets if asset["groupName"] == "marts"]
    assert all(asset["hasAssetChecks"] for asset in marts)
    assert "daily" in json.dumps(schedules)
    assert served.returncode == 0
    assert str(home.current) in start
    assert "customer_order_items" in start
    assert "Glossary" in docs
    assert "Data quality of what arrives" in quality
