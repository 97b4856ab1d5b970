"""Verify a landed file before it is read: a single flipped bit could give wrong rows silently."""

from __future__ import annotations

from core.durable_files import sha256
from core.errors import AffiliateError
from ingestion.landing.manifest import LandedFile
from ingestion.landing.zone import LandingZone


def damage(zone: LandingZone, file: LandedFile) -> str | None:
    """Return what is wrong with a file, or None."""
    path = zone.path(file)
    if not path.exists():
        return f"{path} is in the manifest but not on disk: restore it"
    if sha256(path) != file.sha256:
        return f"{path} is damaged (its sha256 is not the manifest's): restore it"
    return None


def verify_checksum(zone: LandingZone, file: LandedFile) -> None:
    """Verify that a file exists and matches the checksum in the manifest.

    Raises:
        AffiliateError: the file is lost or damaged.
    """
    if problem := damage(zone, file):
        raise AffiliateError(f"{problem}; nothing was done")
