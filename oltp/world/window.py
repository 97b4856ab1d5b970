"""Time window of a part of the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oltp.world.columns import DAY
from oltp.world.randomness import Indices


@dataclass(frozen=True)
class Window:
    """From `start` up to, but not including, `end`; microseconds since 1970, both UTC midnights."""

    start: int
    end: int

    @property
    def last_day(self) -> int:
        """Days since 1970 of the world's "today"."""
        return self.end // DAY

    def moments(self, rng: np.random.Generator, size: int, growth: float = 1.0) -> Indices:
        """Random moments; `growth` above 1 puts more of them near the end."""
        share = rng.random(size) ** (1.0 / growth)
        return self.start + (share * (self.end - self.start)).astype(np.int64)

    def after(self, rng: np.random.Generator, moments: Indices) -> Indices:
        """For each moment a random one between it and the end."""
        return moments + (rng.random(len(moments)) * (self.end - moments)).astype(np.int64)

    def soon(self, rng: np.random.Generator, moments: Indices, days: float) -> Indices:
        """For each moment a later one, `days` on average, never past the end."""
        delay = (rng.exponential(days, len(moments)) * DAY).astype(np.int64)
        return np.asarray(np.minimum(moments + delay, self.end - 1), dtype=np.int64)
