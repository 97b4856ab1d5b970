"""One gated application, with a real code location, for all tests of the web."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget

from ingestion.settings import Settings
from orchestration.web.app import create_app
from orchestration.web.users import Role, Users
from tests.integration.web.gated import ORIGIN, PASSWORDS, Gated


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
            trusted_proxies="10.1.0.0/16",  # type: ignore[arg-type]
        )
        yield Gated(home, context, create_app(settings, context, [ORIGIN, "https://data.example"]))
