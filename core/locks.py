"""Locks on files. The kernel releases them when the process dies, however it dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import AffiliateError


class BusyError(AffiliateError):
    """Another process, or another thread, holds the lock."""


@contextmanager
def locked(path: Path, *, busy: str | None = None) -> Iterator[None]:
    """Holds an exclusive lock on a file.

    Args:
        path: Lock file; created if need be, never removed.
        busy: What to say instead of waiting for the holder.

    Raises:
        BusyError: `busy` is given and the lock is held.
    """
    # the fallback for file systems without flock would outlive a process that is killed
    lock = FileLock(path, mode=0o600, blocking=busy is None, fallback_to_soft=False)
    try:
        held = lock.acquire()
    except Timeout:
        raise BusyError(busy or "") from None
    with held:
        yield
