"""Connected components: transitive closure of pairs, by halving paths in whole arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def components(size: int, left: Numbers, right: Numbers) -> Numbers:
    """The smallest member of each node's component.

    Args:
        size: Number of nodes, which are called 0 to `size` - 1.
        left: One end of each pair.
        right: The other end.
    """
    label = np.arange(size)
    while len(left):
        low, high = np.minimum(label[left], label[right]), np.maximum(label[left], label[right])
        apart = low != high
        left, right, low, high = left[apart], right[apart], low[apart], high[apart]
        np.minimum.at(label, high, low)
        while not np.array_equal(label, label[label]):
            label = label[label]
    return label
