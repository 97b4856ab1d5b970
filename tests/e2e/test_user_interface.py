"""`affiliate up`: one address for every page, with the run history; it ends when asked to."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from tests.e2e.conftest import Home
from tests.requirements import require


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PASSWORD = "what-operators-type"


def opened(port: int, served: subprocess.Popen[str]) -> OpenerDirector:
    """A browser of the operator's, as soon as `affiliate up` says that it is ready."""
    assert served.stdout is not None
    line = served.stdout.readline()
    assert f":{port}" in line, served.communicate()
    browser = build_opener(HTTPCookieProcessor())
    form = urlencode({"name": "operator", "password": PASSWORD}).encode()
    with browser.open(f"http://127.0.0.1:{port}/login", form, timeout=10):
        return browser


def ask(browser: OpenerDirector, port: int, query: str) -> Any:
    """An answer of the UI's GraphQL server."""
    request = Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    with browser.open(request, timeout=30) as answer:
        return json.load(answer)["data"]


def page(browser: OpenerDirector, port: int, path: str) -> str:
    """A page as text."""
    with browser.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def look(port: int, viewer: str) -> dict[str, Any]:
    """What people see in a real browser: the login, then as operator, then as viewer."""
    from playwright.sync_api import sync_playwright

    chromium = require("chromium", "a browser's view of the pages")
    seen: dict[str, Any] = {"refused": []}
    launch = "Materialize all"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.on(
            "console",
            lambda said: (
                seen["refused"].append(said.text)
                if "Content Security Policy" in said.text
                else None
            ),
        )
        tab.goto(f"http://127.0.0.1:{port}/asset-groups/")
        tab.keyboard.type("operator")
        tab.keyboard.press("Tab")
        tab.keyboard.type("no such password")
        tab.keyboard.press("Enter")
        seen["wrong"] = tab.get_by_role("alert").inner_text()
        for name, password in (("operator", PASSWORD), ("ana", viewer)):
            tab.get_by_label("Name").fill(name)
            tab.get_by_label("Password").fill(password)
            tab.keyboard.press("Enter")
            tab.get_by_label("Password").wait_for(state="detached")
            tab.goto(f"http://127.0.0.1:{port}/asset-groups/")
            button = tab.get_by_role("button", name=launch)
            button.wait_for()
            seen[name] = button.is_enabled()
            tab.goto(f"http://127.0.0.1:{port}/")
            tab.get_by_role("button", name="Sign out").click()
            tab.get_by_label("Password").wait_for()
        tab.goto(f"http://127.0.0.1:{port}/")
        seen["after"] = tab.url
        browser.close()
    return seen


def test_one_address_serves_the_pipeline_its_docs_and_the_release(
    home: Home, tmp_path: Path
) -> None:
    home.must("docs", "build")
    viewer = home.must("user", "add", "ana").split()[-1]
    given = tmp_path / "password"
    given.write_text(PASSWORD)
    port = free_port()
    served = home.start("up", "--port", str(port), AFFILIATE_OPERATOR_PASSWORD_FILE=str(given))
    try:
        browser = opened(port, served)
        runs = ask(browser, port, "{ runsOrError { ... on Runs { results { jobName status } } } }")
        assets = ask(
            browser,
            port,
            "{ assetNodes { assetKey { path } groupName kinds owners { __typename } "
            "description hasAssetChecks } }",
        )["assetNodes"]
        schedules = ask(
            browser,
            port,
            "{ workspaceOrError { ... on Workspace { locationEntries { "
            "locationOrLoadError { ... on RepositoryLocation { repositories { "
            "schedules { name } } } } } } } }",
        )
        start, docs, quality, dashboard = (
            page(browser, port, path) for path in ("/", "/docs/", "/quality/", "/dashboard/")
        )
        with pytest.raises(HTTPError, match="404"):
            page(browser, port, "/docs/..%2fsecrets/identity.key")
        seen = look(port, viewer)
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
    files = (home.path / "releases" / "current" / "affiliates").iterdir()
    assert start.count('href="/dashboard/?affiliate=') == len(list(files)) > 0
    assert "Glossary" in docs
    assert 'id="chart-funnel"' in dashboard
    assert "Data quality of what arrives" in quality
    assert seen == {
        "refused": [],
        "wrong": "Name or password is wrong.",
        "operator": True,
        "ana": False,
        "after": f"http://127.0.0.1:{port}/login?next=/",
    }
