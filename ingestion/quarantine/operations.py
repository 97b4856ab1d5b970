"""What an operator does with the quarantine: list it, replay it, accept a held batch.

Each function is one complete operation on the home of the settings; those that write hold the run
lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from core.run_lock import run_lock
from core.settings import Settings
from ingestion.kafka.message_validator import revalidate
from ingestion.landing import LandingZone, ValidationResult
from ingestion.quality import QualityReport, publish, revalidate_held
from ingestion.quarantine.accepting import accept
from ingestion.quarantine.grouping import Group, groups
from ingestion.quarantine.replaying import ReplayReport, replay
from ingestion.servers import schema_registry


@dataclass(frozen=True)
class Quarantine:
    """What waits for a decision.

    Attributes:
        groups: Quarantined rows by dataset, stage and reason.
        held: Batches that are held for review.
    """

    groups: list[Group]
    held: list[ValidationResult]


@dataclass(frozen=True)
class Replayed:
    """What a replay changed.

    Attributes:
        report: Messages that were recovered and messages that remain.
        released: Reviews of batches that were held before and pass now.
        held: Number of batches that are still held.
    """

    report: ReplayReport
    released: list[QualityReport]
    held: int


def list_quarantine(settings: Settings) -> Quarantine:
    """Reads the quarantine; changes nothing."""
    zone = LandingZone(settings.landing_path)
    return Quarantine(groups(zone), zone.held())


def replay_quarantine(settings: Settings) -> Replayed:
    """Validates quarantined messages and held batches again, by the rules of today.

    Raises:
        AffiliateError: a run is in progress, a file is lost or damaged, or the disk is full.
    """
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        report = replay(zone, sort=partial(revalidate, registry=schema_registry(settings)))
        reviews = revalidate_held(zone, settings.quality_path)
    released = [review for review in reviews if review.outcome == "passed"]
    return Replayed(report, released, len(zone.held()))


def accept_batch(
    settings: Settings, entry: int, dataset: str | None = None
) -> list[ValidationResult]:
    """Releases a held batch to the next build.

    Args:
        settings: Where the landing zone is.
        entry: Number of the manifest entry.
        dataset: Only this dataset of the entry; all of them if None.

    Raises:
        AffiliateError: a run is in progress, or nothing of that is held.
    """
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        accepted = accept(zone, dataset, entry)
        publish(zone, settings.quality_path)
    return accepted
