"""How often one may try a password."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
#: Tries in a window for one name from one address, and for all names from it.
PER_NAME = 5
PER_ADDRESS = 30


class Throttle:
    """Counts tries, not failures: parallel guesses count before any of them is answered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[tuple[str, ...], deque[float]] = {}

    def attempt(self, address: str, name: str) -> float:
        """Counts a try.

        Returns:
            0 if it may go on, else the seconds until the next one may.
        """
        now = self._clock()
        self._forget(now - WINDOW_SECONDS)
        limits: dict[tuple[str, ...], int] = {(address, name): PER_NAME, (address,): PER_ADDRESS}
        for key, limit in limits.items():
            tries = self._tries.get(key)
            if tries and len(tries) >= limit:
                return tries[0] + WINDOW_SECONDS - now
        for key in limits:
            self._tries.setdefault(key, deque()).append(now)
        return 0.0

    def succeeded(self, address: str, name: str) -> None:
        """Forgets the tries for a name whose password was right, and this one of the address."""
        self._tries.pop((address, name), None)
        if tries := self._tries.get((address,)):
            tries.pop()

    def _forget(self, before: float) -> None:
        for key, tries in list(self._tries.items()):
            while tries and tries[0] <= before:
                tries.popleft()
            if not tries:
                del self._tries[key]
