"""After an erasure: what has to be done before files of follow-ups that name somebody may go."""

from __future__ import annotations

from activation.follow_ups.deliver import TARGETS, runs_of
from core.settings import Settings
from ingestion.landing import LandingZone, tombstones


def forget(settings: Settings) -> dict[str, str]:
    """Says what has to be done before files of deliveries may go.

    Nothing is delivered here: tasks that are due would go out with the withdrawals.

    Args:
        settings: Where deliveries are.

    Returns:
        Directory below the home → what to do; empty if nothing is kept for a destination.
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
