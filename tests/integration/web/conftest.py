"""One gated application, with a real code location, for all tests of the web."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget

from core.settings import Settings
from tests.integration.web.dashboard_sample import build_release
from tests.integration.web.gated import ORIGIN, PASSWORDS, Gated
from web.app import create_app
from web.server import configured, local_origins
from web.users import Role, Users


@pytest.fixture(scope="session")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    home = tmp_path_factory.mktemp("home")
    for name, role in (("operator", Role.OPERATOR), ("ana", Role.VIEWER)):
        Users(home).add(name, role, PASSWORDS[name])
    (home / "docs").mkdir()
    (home / "docs" / "index.html").write_text("<h1>Glossary</h1>")
    target = PythonFileTarget(
        python_file=str(Path(__file__).with_name("sample_location.py")),
        attribute="defs",
        working_directory=None,
        location_name="sample",
    )
    (home / "dagster").mkdir()
    with (
        dg.DagsterInstance.local_temp(str(home / "dagster")) as instance,
        WorkspaceProcessContext(instance, target, version="test") as context,
    ):
        settings = Settings(
            home=home,
            trusted_proxy_header="X-Forwarded-User",
            trusted_proxies="10.1.0.0/16",
        )
        yield Gated(home, context, create_app(settings, context, [ORIGIN, "https://data.example"]))


@pytest.fixture(scope="module")
def managed(gated: Gated, tmp_path_factory: pytest.TempPathFactory) -> Gated:
    """The gated application over a home with a release."""
    home = tmp_path_factory.mktemp("managed")
    Users(home).add("ana", Role.VIEWER, PASSWORDS["ana"])
    settings = Settings(home=home, _env_file=None)
    build_release(settings)
    return replace(gated, home=home, app=create_app(settings, gated.context, [ORIGIN]))


@pytest.fixture(scope="module")
def address(gated: Gated, managed: Gated) -> Iterator[str]:
    """A real server of the same home."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        settings = Settings(home=managed.home, _env_file=None)
        app = create_app(settings, gated.context, local_origins(port))
        server = uvicorn.Server(configured(app, "127.0.0.1", port))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()
