"""Private folders where live batches write, and the sweep of what dead ones left behind.

A batch owns `.aside/<batch>/` and holds a lock on it; the kernel frees the lock when the process
dies, however it dies. Whatever stands in an unlocked folder, or under a final name that neither the
manifest nor a live batch knows, belongs to nobody.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.durable_files import make_directory

LOCK = "lock"


@contextmanager
def own_folder(aside: Path, batch: str) -> Iterator[Path]:
    """A private folder of this process; gone when the block ends.

    Args:
        aside: The zone's `.aside` directory.
        batch: Name of the batch, which is the folder's.
    """
    make_directory(aside)
    folder = aside / batch
    # under the common lock, a sweep never sees a folder whose own lock is not held yet
    with _locked(aside / LOCK):
        folder.mkdir(mode=0o700)
        owner = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(owner, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(owner)


def sweep(aside: Path) -> set[str]:
    """Removes the folders of dead processes.

    Returns:
        Names of the batches that are still being written.
    """
    if not aside.is_dir():
        return set()
    live = set()
    with _locked(aside / LOCK):
        for folder in [entry for entry in aside.iterdir() if entry.is_dir()]:
            if _is_held(folder / LOCK):
                live.add(folder.name)
            else:
                shutil.rmtree(folder, ignore_errors=True)
    return live


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_held(path: Path) -> bool:
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False
