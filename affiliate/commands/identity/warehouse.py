"""The warehouse for commands that must not meet a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.settings import load_settings
from ingestion.landing import LandingZone

if TYPE_CHECKING:
    from identity.people import People


@contextmanager
def people_and_zone() -> Iterator[tuple[People, LandingZone]]:
    """The warehouse and the landing zone, while no run changes either."""
    from core.run_lock import run_lock
    from identity.people import open_people

    settings = load_settings()
    with run_lock(settings.home), open_people(settings) as people:
        yield people, LandingZone(settings.landing_path)
