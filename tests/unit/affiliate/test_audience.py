from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from affiliate.cli import app
from core.errors import AffiliateError
from core.settings import Settings
from tests.support.audience_world import Customer, World


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")
    world.customers = [Customer(1, n) for n in range(1, 4)]
    world.audience(holdout={"pct": 1, "salt": "none of the three"})
    world.audience("broken", where={"field": "avg_tickt", "gte": 1})
    world.publish()
    monkeypatch.setenv("AFFILIATE_HOME", str(world.settings.home))
    monkeypatch.chdir(tmp_path)

    def call(command: str, *arguments: str) -> Result:
        where = ["--folder", str(world.folder)]
        return CliRunner().invoke(app, ["audience", command, *arguments, *where])

    def answer(command: str, *arguments: str) -> Any:
        result = call(command, *arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    broken, winback = answer("list")
    assert "similar fields: avg_ticket" in broken["fault"]
    assert (winback["run"], winback["fault"]) == (None, None)
    assert answer("preview", "winback")["counts"]["delivered"] == 3
    assert answer("diff", "winback")["targets"]["csv"]["added"] == 3
    assert answer("run", "winback", "--landed-only")["counts"]["delivered"] == 3
    assert answer("readout", "winback")["status"] == "insufficient_data"
    assert call("ack", "winback", "1", "--target", "csv").exit_code == 0
    assert call("purge", "winback").exit_code == 0
    assert "unchanged" in call("diff", "winback").stdout

    for record in range(1, 4):
        world.change(1, record, lifecycle_stage="active")
    world.publish()
    held = call("run", "winback", "--landed-only")
    assert isinstance(held.exception, AffiliateError)
    assert "3 of 3 members would be removed" in str(held.exception)
    assert call("run", "winback", "--landed-only", "--force").exit_code == 0
