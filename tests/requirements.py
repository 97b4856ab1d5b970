"""Programs that single tests need: without them they are skipped, or fail where all must run."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

#: Set by continuous integration: there a test that cannot run is a failure.
REQUIRE_ALL = "AFFILIATE_TEST_REQUIRE_ALL"


def require(command: str, why: str) -> str:
    """Path of a program that a test cannot do without.

    Args:
        command: Its name on the PATH.
        why: What needs it, as the end of "… is needed for ".
    """
    return shutil.which(command) or missing(f"{command} is needed for {why}")


def missing(reason: str) -> NoReturn:
    """Skips the test with its reason; fails it where all tests must run."""
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(f"{reason} ({REQUIRE_ALL} is set)", pytrace=False)
    pytest.skip(reason)
