"""Find delivered records that were erased since their delivery."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ingestion.landing import LandingZone, tombstones
from ingestion.landing.tombstones import Record


def to_withdraw(
    zone: LandingZone, delivered: Iterable[Record], since: datetime | None = None
) -> dict[Record, datetime]:
    """Return the delivered records that a destination must delete.

    The platform only keeps keyed hashes of erased records, so the caller passes the records that it
    delivered.

    Args:
        zone: The landing zone with the tombstones.
        delivered: Records that the destination received.
        since: Only erasures requested at or after this time.

    Returns:
        Record → time at which its erasure was first requested.
    """
    hasher = tombstones.hasher_of(zone)
    if hasher is None:
        return {}
    erased = tombstones.read(zone)
    found = {
        record: erased[mark] for record in delivered if (mark := hasher.record(*record)) in erased
    }
    return {record: at for record, at in found.items() if since is None or at >= since}
