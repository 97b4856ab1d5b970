"""The warehouse for commands that must not meet a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingestion.landing import LandingZone
from ingestion.settings import load_settings

if TYPE_CHECKING:
    from ingestion.identity.people import People


@contextmanager
def people_and_zone() -> Iterator[tuple[People, LandingZone]]:
    """The warehouse and the landing zone, while no run changes either."""
    from ingestion.identity.people import open_people
    from orchestration.lib.run_lock import run_lock

    settings = load_settings()
    with run_lock(settings.home), open_people(settings) as people:
        yield people, LandingZone(settings.landing_path)
