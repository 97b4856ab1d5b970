"""Private staging directories of processes, and the removal of those that killed processes left.

A process owns `<staging>/<name>/` and holds a lock on it, which the kernel releases when the
process dies. An unlocked directory is an orphan.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from core.durable_files import make_directory
from core.locks import BusyError, locked

LOCK = "lock"


@contextmanager
def own_folder(staging: Path, name: str) -> Iterator[Path]:
    """Create a private directory for this process, and delete it when the block ends.

    Args:
        staging: Directory of all staging directories.
        name: Name of the new directory.
    """
    make_directory(staging)
    folder = staging / name
    with ExitStack() as stack:
        # the common lock keeps a sweep from seeing a directory that is not locked yet
        with locked(staging / LOCK):
            folder.mkdir(mode=0o700)
            stack.enter_context(locked(folder / LOCK))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(staging: Path) -> set[str]:
    """Delete the directories of dead processes.

    Returns:
        Names of the directories that are in use.
    """
    if not staging.is_dir():
        return set()
    live = set()
    with locked(staging / LOCK):
        for folder in [entry for entry in staging.iterdir() if entry.is_dir()]:
            try:
                # its owner may be deleting it at the same time
                with suppress(FileNotFoundError), locked(folder / LOCK, busy="in use"):
                    shutil.rmtree(folder, ignore_errors=True)
            except BusyError:
                live.add(folder.name)
    return live
