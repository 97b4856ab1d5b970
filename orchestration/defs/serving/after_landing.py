"""Builds and publishes soon after new data was landed."""

from datetime import UTC, datetime

import dagster as dg

from core.settings import Settings, load_settings
from ingestion.landing import LandingZone
from orchestration.defs.jobs import marts_job
from orchestration.lib.automation import is_busy, newest_data_entry, waits_for
from orchestration.lib.redaction import redacting
from serving import Release, ReleaseStore, read_release


@dg.sensor(
    job=marts_job,
    minimum_interval_seconds=60,
    description="Builds data landed since the current release, at most every 15 minutes",
)
@redacting
def after_landing(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Compares the landing zone with the position the current release was built from.

    The run key is the newest entry, so a failed build is not repeated until more data is landed.
    """
    if is_busy(context.instance):
        return dg.SkipReason("a run is in progress or waits")
    settings = load_settings()
    release = _current(settings)
    built = (release.landing_position or 0) if release else 0
    newest = newest_data_entry(LandingZone(settings.landing_path).entries(after=built))
    if newest is None:
        return dg.SkipReason("the current release contains all landed data")
    wait = waits_for(release.created_at if release else None, datetime.now(UTC))
    if wait.total_seconds() > 0:
        return dg.SkipReason(f"the current release is recent, the next starts in {wait.seconds} s")
    return dg.RunRequest(run_key=f"landed-{newest}")


def _current(settings: Settings) -> Release | None:
    folder = ReleaseStore(settings.releases_path).current()
    return read_release(folder) if folder else None
