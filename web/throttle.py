"""Rate limit for password attempts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
#: Attempts per window for one name from one address, and for all names from one address.
PER_NAME = 5
PER_ADDRESS = 30


class Throttle:
    """Counts attempts, not failures, so that parallel guesses count before they are answered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[tuple[str, ...], deque[float]] = {}

    def attempt(self, address: str, name: str) -> float:
        """Counts an attempt.

        Returns:
            0 if it is allowed, otherwise the seconds until the next attempt is.
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
        """Resets the count of a name after a correct password, and takes one off the address."""
        self._tries.pop((address, name), None)
        if tries := self._tries.get((address,)):
            tries.pop()

    def _forget(self, before: float) -> None:
        for key, tries in list(self._tries.items()):
            while tries and tries[0] <= before:
                tries.popleft()
            if not tries:
                del self._tries[key]
