"""Private folders where live batches write, and the sweep of what dead ones left behind.

A batch owns `.aside/<batch>/` and holds a lock on it; the kernel frees the lock when the process
dies, however it dies. Whatever stands in an unlocked folder, or under a final name that neither the
manifest nor a live batch knows, belongs to nobody.
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
def own_folder(aside: Path, batch: str) -> Iterator[Path]:
    """A private folder of this process; gone when the block ends.

    Args:
        aside: The zone's `.aside` directory.
        batch: Name of the batch, which is the folder's.
    """
    make_directory(aside)
    folder = aside / batch
    with ExitStack() as stack:
        # under the common lock, a sweep never sees a folder whose own lock is not held yet
        with locked(aside / LOCK):
            folder.mkdir(mode=0o700)
            stack.enter_context(locked(folder / LOCK))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(aside: Path) -> set[str]:
    """Removes the folders of dead processes.

    Returns:
        Names of the batches that are still being written.
    """
    if not aside.is_dir():
        return set()
    live = set()
    with locked(aside / LOCK):
        for folder in [entry for entry in aside.iterdir() if entry.is_dir()]:
            try:
                # its owner may be removing it right now
                with suppress(FileNotFoundError), locked(folder / LOCK, busy="in use"):
                    shutil.rmtree(folder, ignore_errors=True)
            except BusyError:
                live.add(folder.name)
    return live
