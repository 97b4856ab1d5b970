"""The last step of an erasure: what it waits for is said, and too late is too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from activation.audiences.store import runs_of
from core.settings import Settings
from ingestion.landing import tombstones
from orchestration.defs.privacy.erasures import receipts
from orchestration.lib.platform import Platform
from privacy.erasure.requests import Receipt, Request, Requests
from tests.support.audience_world import NOW, Customer, World
from tests.support.searching import found_in

EMAIL = "ana@alpha.example"
PURGE = "`affiliate audience purge winback`"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Somebody asked to be erased long ago, and the last run of an audience told so in a file."""
    world = World(Settings(home=tmp_path / "home", _env_file=None), tmp_path / "audiences")
    world.customers = [Customer(1, 1, email=EMAIL), *(Customer(1, n) for n in range(2, 8))]
    world.audience()
    world.publish()
    world.run()
    hasher = tombstones.Hasher(tombstones.key_for_writing(world.settings.home))
    mark = hasher.record(1, 1)
    tombstones.land(world.zone, [mark], request_id="R-1", scope="affiliate", requested_at=NOW)
    del world.customers[0]
    world.publish()
    world.run()
    asked = datetime.now(UTC) - timedelta(days=31)
    request = Request(
        "R-1", "affiliate", "command", asked, (1, 1), "landed", ((1, 1),), (EMAIL,), ("0001",)
    )
    Requests(world.settings.erasures_path).write(request)
    return world


def finish(world: World) -> tuple[bool, dg.AssetCheckEvaluation, str]:
    """Whether the step succeeded, the check on overdue erasures, and the step's warnings."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [receipts],
            instance=instance,
            resources={"platform": Platform(world.settings, NOW)},
            raise_on_error=False,
        )
        (check,) = result.get_asset_check_evaluations()
        found = result.asset_materializations_for_node(receipts.node_def.name)
    warnings = [str(one.metadata["warnings"].value) for one in found if "warnings" in one.metadata]
    return result.success, check, "".join(warnings)


def test_unread_files_are_named_in_warning_and_check(world: World) -> None:
    success, check, warnings = finish(world)

    assert success
    assert warnings.startswith("- erasure R-1 waits: audience winback: when its destination has")
    assert PURGE in warnings
    assert not check.passed
    assert PURGE in str(check.description)
    waiting = Requests(world.settings.erasures_path).find("R-1")
    assert isinstance(waiting, Request)
    assert PURGE in waiting.waits_for[0]

    runs_of(world.settings.home, "winback").prune(["csv"], kept=0)
    success, check, warnings = finish(world)

    assert (success, check.passed, warnings) == (True, True, "")
    assert isinstance(Requests(world.settings.erasures_path).find("R-1"), Receipt)
    assert found_in(world.settings.home, [EMAIL]) == []


def test_residue_fails_the_step_and_counts_as_overdue(
    world: World,
) -> None:
    left = world.settings.home / "quality" / "note.txt"
    left.parent.mkdir()
    left.write_text(f"ask {EMAIL}")

    success, check, _ = finish(world)

    assert not success
    assert not check.passed
