"""A shared lock for readers of landed files; superseded files are deleted only without readers.

Readers share this lock, which the locks of `core.locks` cannot do.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.durable_files import make_directory

LOCK = "readers"


@contextmanager
def reading(staging: Path) -> Iterator[None]:
    """Keep every file that is live now on disk until the block ends.

    Args:
        staging: The zone's staging directory.
    """
    make_directory(staging)
    descriptor = os.open(staging / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def when_unread(staging: Path) -> Iterator[bool]:
    """Yield whether no process reads; if so, new readers wait until the block ends."""
    make_directory(staging)
    descriptor = os.open(staging / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
