"""The code location, loaded by processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import Settings
from orchestration.lib.manifest import ensure_manifest
from orchestration.lib.processes import BIN
from tests.documented import REPOSITORY


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=Path(tmp_path_factory.mktemp("home")))
    ensure_manifest(settings)
    return settings


def test_definitions_pass_dagsters_validation(settings: Settings) -> None:
    """`dg check defs` is `dagster definitions validate` for what pyproject.toml names."""
    environment = {**os.environ, "AFFILIATE_HOME": str(settings.home)}
    check = [BIN / "dg", "check", "defs"]
    done = subprocess.run(
        check, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All definitions loaded successfully" in done.stdout + done.stderr


def test_loading_definitions_does_not_import_dbt(settings: Settings) -> None:
    """Its second would be one of every run and every server: it runs in processes of its own."""
    script = (
        "import sys\n"
        "from core.settings import load_settings\n"
        "from orchestration.definitions import build_definitions\n"
        "build_definitions(load_settings()).get_repository_def()\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'dbt'])"
    )
    environment = {**os.environ, "AFFILIATE_HOME": str(settings.home)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
