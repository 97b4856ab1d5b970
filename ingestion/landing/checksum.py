"""Landed files are read only after their checksum: one flipped bit gives silently wrong rows."""

from __future__ import annotations

from core.durable_files import sha256
from core.errors import AffiliateError
from ingestion.landing.manifest import LandedFile
from ingestion.landing.zone import LandingZone


def fault(zone: LandingZone, file: LandedFile) -> str | None:
    """What is wrong with a file's bytes, or None."""
    path = zone.path(file)
    if not path.exists():
        return f"{path} is in the manifest but not on disk: restore it"
    if sha256(path) != file.sha256:
        return f"{path} is damaged (its sha256 is not the manifest's): restore it"
    return None


def check(zone: LandingZone, file: LandedFile) -> None:
    """Refuses a lost or damaged file.

    Raises:
        AffiliateError: the file is not what was landed.
    """
    if found := fault(zone, file):
        raise AffiliateError(f"{found}; nothing was done")
