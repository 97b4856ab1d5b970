from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from activation.delivery import kafka
from affiliate.cli import app
from core.settings import Settings
from ingestion.embedded import EmbeddedBroker
from tests.support.audience_world import Customer
from tests.support.follow_up_world import FollowUpWorld, Task


def test_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(EmbeddedBroker(tmp_path / "home" / "servers" / "broker").stop)
    world = FollowUpWorld(Settings(home=tmp_path / "home", _env_file=None), tmp_path)
    world.customers = [Customer(1, n) for n in range(1, 4)] + [Customer(2, 1)]
    world.tasks = [
        Task(c.affiliate_id, c.record_id, priority=10 * c.record_id) for c in world.customers
    ]
    # long after any day on which this test may run
    later = world.tasks[0].expires_at.replace(year=2999)
    world.tasks = [Task(t.affiliate_id, t.record_id, expires_at=later, priority=t.priority)
                   for t in world.tasks]  # fmt: skip
    world.change_task(2, 1, is_delayed=True)
    world.publish()
    monkeypatch.setenv("AFFILIATE_HOME", str(world.settings.home))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kafka, "send", lambda _, topic, messages: len(list(messages)))

    def call(command: str, *arguments: str) -> Result:
        result = CliRunner().invoke(app, ["follow-ups", command, *arguments])
        assert result.exit_code == 0, result.output
        return result

    def answer(command: str, *arguments: str) -> Any:
        return json.loads(call(command, *arguments, "--json").stdout)

    listed = answer("list", "--affiliate", "alpha", "--limit", "2")
    assert [task["task_id"] for task in listed] == [world.task(1, 3), world.task(1, 2)]
    assert "contact" not in listed[0]
    assert answer("list", "--affiliate", "beta") == []
    assert answer("diff")["targets"]["csv"]["added"] == 3
    done = answer("deliver", "--landed-only")
    assert done["counts"] | {"open": 4, "fatigue": 1, "delivered": 3} == done["counts"]
    assert done["targets"]["kafka"]["messages"] == 3
    assert "suppressed: the person was contacted too often" in call("diff").stdout
    call("purge")
    assert not list((world.settings.home / "follow_ups").rglob("*.csv"))
    assert answer("deliver", "--landed-only", "--resync")["targets"]["csv"]["changed"] == 3
