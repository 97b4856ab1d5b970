"""One run at a time per home: ingest, build and publish of two runs must not interleave."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import AffiliateError


@contextmanager
def run_lock(home: Path) -> Iterator[None]:
    """Holds the home's run lock; the kernel releases it when the process dies, however it dies.

    Raises:
        AffiliateError: another run holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 32, 0).decode() or "unknown"
            raise AffiliateError(
                f"another run is in progress (process {owner}): wait for it to end"
            ) from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
