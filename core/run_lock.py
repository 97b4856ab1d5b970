"""One run at a time per home: ingest, build and publish of two runs must not interleave."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from core.errors import AffiliateError
from core.locks import BusyError, locked


@contextmanager
def run_lock(home: Path) -> Iterator[None]:
    """Holds the home's run lock, which names its process.

    Raises:
        AffiliateError: another run holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "run.lock"
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(path, busy="another run is in progress"))
        except BusyError as error:
            owner = path.read_text() or "unknown"
            raise AffiliateError(f"{error} (process {owner}): wait for it to end") from None
        path.write_text(str(os.getpid()))
        yield
