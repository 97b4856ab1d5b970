"""After an erasure: destinations are told who is gone, and our copies of what they have go too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from activation.audiences.deliver import run
from activation.audiences.report import Options
from activation.audiences.store import runs_of
from activation.delivery.runs import Runs
from core.errors import AffiliateError
from core.settings import Settings
from ingestion.landing import LandingZone, tombstones

#: Where the audiences of this platform are written.
AUDIENCES = Path(__file__).parents[2] / "audiences"


def forget(settings: Settings, now: datetime, folder: Path = AUDIENCES) -> dict[str, str]:
    """Withdraws the erased from every audience that was ever delivered; adds nobody.

    Args:
        settings: Where everything is; the release without the erased is the current one.
        now: When it is.
        folder: Where the audiences are written.

    Returns:
        Directory below the home → why what its destinations were sent must be kept for now, and
        what to do.
    """
    newest = max(
        (n for n, _ in LandingZone(settings.landing_path).live(tombstones.DATASET)), default=0
    )
    delivered = sorted(path.name for path in (settings.home / "audiences").glob("*/"))
    found = ((name, _forget(settings, now, folder, name, newest)) for name in delivered)
    return {f"audiences/{name}/": f"audience {name}: {why}" for name, why in found if why}


def _forget(settings: Settings, now: datetime, folder: Path, name: str, newest: int) -> str | None:
    runs = runs_of(settings.home, name)
    if not runs.last():
        return None
    if runs.manifest(runs.last())["landing_position"] < newest:
        try:
            run(settings, folder, name, Options(now, only_exits=True))
        except AffiliateError as error:
            return str(error)
    targets = list(runs.manifest(runs.last())["targets"])
    files = [number for number in runs.numbers() if any(map(_is_there(runs, number), targets))]
    if files:
        return (
            f"when its destination has read run {files[-1]}, `affiliate audience purge {name}` and "
            "run again"
        )
    with runs.writing():
        runs.prune(targets, kept=0)
    return None


def _is_there(runs: Runs, number: int) -> Callable[[str], bool]:
    """Whether a run's files for a target are there; what has read them we cannot know."""
    return lambda target: (runs.path(number) / target).is_dir()
