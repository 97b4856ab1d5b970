"""After an erasure: withdraw the erased customers from destinations, and delete delivered files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from activation.audiences.deliver import run
from activation.audiences.report import RunOptions
from activation.audiences.store import runs_of
from activation.delivery.runs import Runs
from core.errors import AffiliateError
from core.settings import Settings
from ingestion.landing import LandingZone, tombstones

#: The platform's own folder of audience definitions.
AUDIENCES = Path(__file__).parents[2] / "audiences"


def withdraw_erased(settings: Settings, now: datetime, folder: Path = AUDIENCES) -> dict[str, str]:
    """Withdraw erased customers from every audience that was ever delivered; adds no one.

    Args:
        settings: Settings of the platform. The current release must not contain the erased.
        now: Time of the run.
        folder: The folder of audience definitions.

    Returns:
        Directory below the home → why its delivered files cannot be deleted yet, and what to do.
    """
    newest = max(
        (n for n, _ in LandingZone(settings.landing_path).live(tombstones.DATASET)), default=0
    )
    delivered = sorted(path.name for path in (settings.home / "audiences").glob("*/"))
    found = ((name, _withdraw(settings, now, folder, name, newest)) for name in delivered)
    return {f"audiences/{name}/": f"audience {name}: {why}" for name, why in found if why}


def _withdraw(
    settings: Settings, now: datetime, folder: Path, name: str, newest: int
) -> str | None:
    runs = runs_of(settings.home, name)
    if not runs.last():
        return None
    if runs.manifest(runs.last())["landing_position"] < newest:
        try:
            run(settings, folder, name, RunOptions(now, only_exits=True))
        except AffiliateError as error:
            return str(error)
    targets = list(runs.manifest(runs.last())["targets"])
    files = [number for number in runs.numbers() if any(map(_has_files(runs, number), targets))]
    if files:
        return (
            f"when its destination has read run {files[-1]}, `affiliate audience purge {name}` and "
            "run again"
        )
    with runs.writing():
        runs.prune(targets, kept=0)
    return None


def _has_files(runs: Runs, number: int) -> Callable[[str], bool]:
    return lambda target: (runs.path(number) / target).is_dir()
