"""What releases need of files beyond `core.durable_files`: checksums, and links switched."""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.durable_files import sync


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def switch_link(link: Path, target: str) -> None:
    """Points a symbolic link at `target`; a reader sees the old target or the new one.

    Args:
        link: The link; created or replaced.
        target: Name relative to the link's directory.
    """
    aside = link.with_name(f".{link.name}-switching")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(link)
    sync(link.parent)
