"""Operations on the quarantine: list it, replay it, accept a held batch.

Each function is a complete operation on AFFILIATE_HOME. Those that write hold the run lock.
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
from ingestion.quarantine.grouping import QuarantineGroup, groups
from ingestion.quarantine.replaying import ReplayReport, replay
from ingestion.servers import schema_registry


@dataclass(frozen=True)
class Quarantine:
    """Quarantined messages and held batches.

    Attributes:
        groups: Quarantined messages by dataset, stage and reason.
        held: Batches that are held for review.
    """

    groups: list[QuarantineGroup]
    held: list[ValidationResult]


@dataclass(frozen=True)
class ReplayResult:
    """Result of a replay.

    Attributes:
        report: Messages that were recovered and messages that remain.
        released: Reports of batches that were held before and pass now.
        held: Number of batches that are still held.
    """

    report: ReplayReport
    released: list[QualityReport]
    held: int


def list_quarantine(settings: Settings) -> Quarantine:
    """List the contents of the quarantine."""
    zone = LandingZone(settings.landing_path)
    return Quarantine(groups(zone), zone.held())


def replay_quarantine(settings: Settings) -> ReplayResult:
    """Validate quarantined messages and held batches again, with the current rules.

    Raises:
        AffiliateError: a run is in progress, a file is lost or damaged, or the disk is full.
    """
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        replayed = replay(zone, sort=partial(revalidate, registry=schema_registry(settings)))
        reports = revalidate_held(zone, settings.quality_path)
    released = [report for report in reports if report.outcome == "passed"]
    return ReplayResult(replayed, released, len(zone.held()))


def accept_batch(
    settings: Settings, entry: int, dataset: str | None = None
) -> list[ValidationResult]:
    """Accept a held batch; the next build includes it.

    Args:
        settings: Settings with the path of the landing zone.
        entry: Number of the manifest entry.
        dataset: Only this dataset of the entry; all of them if None.

    Raises:
        AffiliateError: a run is in progress, or no such batch is held.
    """
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        accepted = accept(zone, dataset, entry)
        publish(zone, settings.quality_path)
    return accepted
