"""What keeps a landing zone small: retention first, so that compaction writes only what stays."""

from __future__ import annotations

from datetime import datetime

from core.retention import RetentionPolicy
from ingestion.landing.compact import CompactReport, compact
from ingestion.landing.retain import RetainReport, retain
from ingestion.landing.zone import LandingZone


def maintain(
    zone: LandingZone, policy: RetentionPolicy, now: datetime
) -> tuple[RetainReport, CompactReport]:
    """Applies the policy, then merges small files; errors as of `retain` and `compact`."""
    return retain(zone, policy, now), compact(zone)
