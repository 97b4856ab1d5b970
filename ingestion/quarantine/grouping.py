"""Count the messages in quarantine by source, topic, stage and reason."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from core import sql
from core.duckdb_session import connect
from ingestion.landing import LandingZone
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.scan import scan

PREFIX = "quarantine/"


@dataclass(frozen=True)
class QuarantineGroup:
    """Messages that were quarantined for the same reason.

    Attributes:
        source: Source of the messages, as in `quarantine/<source>`.
        dataset: Dataset that the messages belong to.
        stage: Stage that rejected the messages: `decode` or `contract`.
        reason: Reason code.
        rows: Number of messages.
        first: Timestamp of the oldest message, or the time of its batch if it has none.
        last: Timestamp of the newest message.
        entries: Numbers of the manifest entries that quarantined the messages.
    """

    source: str
    dataset: str
    stage: str
    reason: str
    rows: int
    first: datetime
    last: datetime
    entries: tuple[int, ...]


def groups(zone: LandingZone) -> list[QuarantineGroup]:
    """Group all messages in quarantine, largest group first.

    Raises:
        AffiliateError: a file is lost or damaged.
    """
    found: list[QuarantineGroup] = []
    with zone.reading():
        for dataset in sorted({f.dataset for _, f in zone.live() if f.kind == "quarantine"}):
            found += _groups(zone, dataset)
    return sorted(found, key=lambda group: (-group.rows, group.dataset, group.reason))


def _groups(zone: LandingZone, dataset: str) -> list[QuarantineGroup]:
    for _, file in zone.live(dataset):
        verify_checksum(zone, file)
    rows = scan(zone, dataset, ("topic", "stage", "reason", "timestamp"))
    with closing(connect()) as connection:
        counted = connection.execute(sql.load(__package__, "groups", rows=rows)).fetchall()
    source = dataset.removeprefix(PREFIX)
    entries = zone.entries()
    return [
        QuarantineGroup(
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
