"""File operations that survive a crash, and locks that end with their process."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.landing.durable import sync


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Writes a file that must not exist, with `mode` from its first byte on, and fsyncs it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Holds an exclusive lock on a file, which the kernel releases if the process dies.

    Args:
        path: Lock file; created if need be, never removed.
        wait: Waits for the holder instead of giving up.

    Yields:
        False if another process (or thread) holds it and `wait` is off.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
