"""The stored runs of audiences: where they are, acknowledgement and purge."""

from __future__ import annotations

from pathlib import Path

from activation.audiences.definition import load_audiences, pick
from activation.delivery.runs import DESIRED, Runs
from core.settings import Settings

MEMBERSHIP = "membership.parquet"


def runs_of(home: Path, audience: str) -> Runs:
    """Return the runs of one audience.

    Args:
        home: `AFFILIATE_HOME`.
        audience: Name of the audience.
    """
    folder = home / "audiences" / audience
    return Runs(folder, f"the audience {audience}", (MEMBERSHIP, DESIRED))


def acknowledge(settings: Settings, folder: Path, name: str, number: int, target: str) -> None:
    """Record that a destination has received a run completely.

    Args:
        settings: Settings of the platform.
        folder: The folder of audience definitions.
        name: Name of the audience.
        number: Number of the run.
        target: The destination.

    Raises:
        ConfigurationError: there is no such audience.
        AffiliateError: there is no such run, it did not go to that destination, or another process
            runs the audience.
    """
    runs = runs_of(settings.home, pick(load_audiences(folder), name).name)
    with runs.writing():
        runs.acknowledge(number, target)


def purge(settings: Settings, folder: Path, name: str) -> None:
    """Delete the files that all destinations of an audience have acknowledged.

    Raises:
        ConfigurationError: there is no such audience.
        AffiliateError: another process runs the audience.
    """
    audience = pick(load_audiences(folder), name)
    runs = runs_of(settings.home, audience.name)
    with runs.writing():
        runs.prune([target.kind for target in audience.deliver], kept=0)
