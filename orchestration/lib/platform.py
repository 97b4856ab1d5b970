"""The only resource of the assets: settings, the `as_of` of the run, and the run lock.

It has no configuration, so no secret can reach the run configuration or the UI.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import dagster as dg

from core.run_lock import run_lock
from core.settings import Settings, load_settings
from ingestion.landing import LandingZone

#: Run tag with the time that relative measures refer to.
AS_OF_TAG = "affiliate/as_of"


@dataclass(frozen=True)
class Platform:
    """The context of a run that steps pass to the layers below.

    Attributes:
        settings: From the environment.
        as_of: The time that relative measures of this run refer to; UTC.
    """

    settings: Settings
    as_of: datetime

    @cached_property
    def zone(self) -> LandingZone:
        """The landing zone; shared, because each new object reads the manifest."""
        return LandingZone(self.settings.landing_path)


def run_as_of(tag: str | None, setting: datetime | None, started: datetime) -> datetime:
    """The run's `as_of`: its tag, otherwise the setting, otherwise the time the run was created."""
    if tag is None:
        return setting or started.astimezone(UTC)
    parsed = datetime.fromisoformat(tag)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


@dg.resource(description="Settings, the run's as_of and the run lock")
def platform(context: dg.InitResourceContext) -> Iterator[Platform]:
    """Holds the run lock while the process of the run uses the platform."""
    settings = load_settings()
    run, instance = context.run, context.instance
    if run is None or instance is None:
        raise dg.DagsterInvariantViolationError("this resource is available in runs only")
    record = instance.get_run_record_by_id(run.run_id)
    started = record.create_timestamp if record else datetime.now(UTC)
    with run_lock(settings.home):
        yield Platform(settings, run_as_of(run.tags.get(AS_OF_TAG), settings.as_of, started))
