"""Who reads landed files: replaced ones are removed only when nobody does.

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
def reading(aside: Path) -> Iterator[None]:
    """Keeps every file that is live now on disk until the block ends.

    Args:
        aside: The zone's `.aside` directory.
    """
    make_directory(aside)
    descriptor = os.open(aside / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def nobody_reads(aside: Path) -> Iterator[bool]:
    """Whether no process reads; if so, new readers wait until the block ends."""
    make_directory(aside)
    descriptor = os.open(aside / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
