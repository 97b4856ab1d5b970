"""An id that changes counts as changed without cause only if its person did not change."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.identity.identifiers import Changes, changes


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("aab", "aab", Changes(3, 0, 0), id="nothing happened"),
        pytest.param("aab", "aabac", Changes(3, 0, 0), id="new records join and make persons"),
        pytest.param("aab", "ccb", Changes(3, 2, 2), id="another id for the same person"),
        pytest.param("aab", "ccbc", Changes(3, 2, 2), id="and a new record of it"),
        pytest.param("aab", "aaa", Changes(3, 1, 0), id="a merge"),
        pytest.param("aab", "acb", Changes(3, 1, 0), id="a split"),
        pytest.param("aabb", "bbaa", Changes(4, 4, 4), id="ids change hands"),
        pytest.param("ab", "a", Changes(2, 1, 1), id="a record lost its id"),
    ],
)
def test_changes(tmp_path: Path, before: str, after: str, expected: Changes) -> None:
    assert changes(_file(tmp_path / "before", before), _file(tmp_path / "after", after)) == expected


def _file(path: Path, ids: str) -> Path:
    """A record per letter, which is its person's id."""
    columns = {
        "affiliate_id": [1] * len(ids),
        "affiliate_customer_id": list(range(len(ids))),
        "customer_id": list(ids),
    }
    pq.write_table(pa.table(columns), path)
    return path
