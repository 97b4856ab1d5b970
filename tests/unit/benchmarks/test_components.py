"""Components found in whole arrays are those found by merging sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.identity.components import components

SIZE = 12
NODES = st.integers(0, SIZE - 1)


@given(st.lists(st.tuples(NODES, NODES), max_size=20))
def test_equals_merging_sets(pairs: list[tuple[int, int]]) -> None:
    groups = [{node} for node in range(SIZE)]
    for left, right in pairs:
        joined = groups[left] | groups[right]
        for node in joined:
            groups[node] = joined
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    found = components(SIZE, ends[:, 0], ends[:, 1])
    assert found.tolist() == [min(groups[node]) for node in range(SIZE)]


def test_a_chain_takes_its_first_member() -> None:
    nodes = np.random.default_rng(1).permutation(10_000)
    assert set(components(len(nodes), nodes[:-1], nodes[1:])) == {0}
