"""How deep tests go: one of each kind in `make test`, everything in `make test-nightly`.

A test that has both forms takes the fixture `nightly` or is a property test. What runs nightly only
is marked `nightly`, as everything in `tests/nightly` is.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

#: Both engines where the second one repeats what the comparison of all their rows shows already.
ENGINES = ("duckdb", pytest.param("postgres", marks=pytest.mark.nightly))


def examples(few: int) -> int:
    """Examples of a property test: this many in `make test`, ten times as many nightly."""
    return few * 10 if settings.get_current_profile_name() == "nightly" else few
