"""What stands in quarantine, counted; the values stay there."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from core.duckdb_session import connect
from ingestion.landing import LandingZone
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.scan import scan

PREFIX = "quarantine/"


@dataclass(frozen=True)
class Group:
    """Messages that were set aside for the same reason.

    Attributes:
        source: Where they came from, as in `quarantine/<source>`.
        dataset: Where they would have landed.
        stage: Step that refused them: `decode` or `contract`.
        reason: Reason code.
        rows: How many they are.
        first: Time of the oldest: Kafka's, or when it was landed if it has none.
        last: Time of the newest.
        entries: Numbers of the manifest entries that set them aside.
    """

    source: str
    dataset: str
    stage: str
    reason: str
    rows: int
    first: datetime
    last: datetime
    entries: tuple[int, ...]


def groups(zone: LandingZone) -> list[Group]:
    """Everything in quarantine, largest group first.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    found: list[Group] = []
    with zone.reading():
        for dataset in sorted({f.dataset for _, f in zone.live() if f.kind == "quarantine"}):
            found += _groups(zone, dataset)
    return sorted(found, key=lambda group: (-group.rows, group.dataset, group.reason))


def _groups(zone: LandingZone, dataset: str) -> list[Group]:
    for _, file in zone.live(dataset):
        verify_checksum(zone, file)
    rows = scan(zone, dataset, ("topic", "stage", "reason", "timestamp"))
    with closing(connect()) as connection:
        counted = connection.execute(
            f"select topic, stage, reason, count(*), epoch_ms(min(timestamp)), "
            f"epoch_ms(max(timestamp)), list_sort(list(distinct _seq)) from ({rows}) group by all"
        ).fetchall()
    source = dataset.removeprefix(PREFIX)
    entries = zone.entries()
    return [
        Group(
            source,
            f"events/{topic}",
            stage,
            reason,
            count,
            _moment(first, entries[numbers[0] - 1].committed_at),
            _moment(last, entries[numbers[-1] - 1].committed_at),
            tuple(numbers),
        )
        for topic, stage, reason, count, first, last, numbers in counted
    ]


def _moment(milliseconds: int | None, landed: datetime) -> datetime:
    return landed if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
