"""What a delivery asks before it sends anything again: who of those it reached was erased since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ingestion.landing import LandingZone, tombstones
from ingestion.landing.tombstones import Record


def to_withdraw(
    zone: LandingZone, delivered: Iterable[Record], since: datetime | None = None
) -> dict[Record, datetime]:
    """Records that a destination has to forget, with the reason `erased`.

    Nobody else can say who they were: the platform keeps keyed hashes alone, so the delivery names
    the records that it sent.

    Args:
        zone: Where tombstones are.
        delivered: Records that the destination got.
        since: Only erasures that were requested from then on.

    Returns:
        Record → when its erasure was first requested.
    """
    hasher = tombstones.hasher_of(zone)
    if hasher is None:
        return {}
    buried = tombstones.read(zone)
    found = {
        record: buried[mark] for record in delivered if (mark := hasher.record(*record)) in buried
    }
    return {record: at for record, at in found.items() if since is None or at >= since}
