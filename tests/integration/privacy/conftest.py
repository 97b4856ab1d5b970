"""What the tests that kill share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.killing import Worker, why_untraceable, worker


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Dies at any call it is told to that changes the disk."""
    with worker(tmp_path_factory.mktemp("worker") / "0", traced=not why_untraceable()) as one:
        yield one
