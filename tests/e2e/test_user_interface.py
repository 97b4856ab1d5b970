"""`affiliate up`: the Dagster UI answers, shows the run history, and ends when asked to."""

from __future__ import annotations

import json
import signal
import socket
import time
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

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


def test_the_ui_shows_assets_checks_and_the_runs_of_the_command_line(home: Home) -> None:
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
