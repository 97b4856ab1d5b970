"""Maintain the landing zone: retention first, so that compaction rewrites only rows to keep."""

from __future__ import annotations

from datetime import UTC, datetime

from core.retention import RetentionPolicy
from core.run_lock import run_lock
from core.settings import Settings
from ingestion.landing.compact import CompactReport, compact
from ingestion.landing.retain import RetainReport, retain
from ingestion.landing.zone import LandingZone


def maintain(
    zone: LandingZone, policy: RetentionPolicy, now: datetime
) -> tuple[RetainReport, CompactReport]:
    """Apply the retention policy, then merge small files; errors as in `retain` and `compact`."""
    return retain(zone, policy, now), compact(zone)


def maintain_home(settings: Settings) -> tuple[RetainReport, CompactReport]:
    """Maintain the landing zone of the settings now, while no run uses it.

    Raises:
        AffiliateError: a run is in progress, or as in `maintain`.
    """
    with run_lock(settings.home):
        zone = LandingZone(settings.landing_path)
        return maintain(zone, settings.retention, datetime.now(UTC))
