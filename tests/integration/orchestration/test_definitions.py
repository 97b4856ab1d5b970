"""The code location, loaded by processes of their own."""

from __future__ import annotations

import os
import subprocess
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
    check = [str(BIN / "dg"), "check", "defs"]
    done = subprocess.run(
        check, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All definitions loaded successfully" in done.stdout + done.stderr
