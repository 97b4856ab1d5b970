"""Random numbers that depend on names, not on the order of calls.

Each part of the world draws from its own stream, so that a change to one part leaves all others as
they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """The generator that belongs to `path` in the world of `seed`."""
    words = [step if isinstance(step, int) else zlib.crc32(step.encode()) for step in path]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def chance(rng: np.random.Generator, probability: float, size: int) -> Mask:
    """True with the given probability, `size` times."""
    return rng.random(size) < probability


def weighted(rng: np.random.Generator, weights: Sequence[float], size: int) -> Indices:
    """Positions into `weights`, each as often as its weight says."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(drawn, len(edges) - 1), dtype=np.int64)


def scramble(numbers: Indices) -> NDArray[np.uint64]:
    """Different numbers for different numbers, with no visible order (splitmix64)."""
    x = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
