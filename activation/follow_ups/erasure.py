"""After an erasure: find delivered files that may still name erased customers."""

from __future__ import annotations

from activation.follow_ups.deliver import TARGETS, runs_of
from core.settings import Settings
from ingestion.landing import LandingZone, tombstones


def undeleted_files(settings: Settings) -> dict[str, str]:
    """Return what must be done before the files of deliveries can be deleted.

    Nothing is delivered here, because due tasks would be sent together with the withdrawals.

    Args:
        settings: Settings of the platform.

    Returns:
        Directory below the home → what to do; empty if no delivered files are left.
    """
    zone, runs = LandingZone(settings.landing_path), runs_of(settings.home)
    if not (last := runs.last()):
        return {}
    newest = max((n for n, _ in zone.live(tombstones.DATASET)), default=0)
    knows = runs.manifest(last)["landing_position"] >= newest
    is_kept = any((runs.path(n) / kind).is_dir() for n in runs.numbers() for kind in TARGETS)
    if knows and not is_kept:
        return {}
    first = "" if knows else "`affiliate follow-ups deliver`; "
    read = f"run {last}" if knows else "it"
    return {
        "follow_ups/": f"follow-ups: {first}when destinations have read {read}, "
        "`affiliate follow-ups purge` and run again"
    }
