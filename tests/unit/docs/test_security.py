"""Every test that SECURITY.md names exists and runs in `make test`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.documented import REPOSITORY

_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_each_guarantee_names_tests_that_make_test_runs() -> None:
    text = (REPOSITORY / "SECURITY.md").read_text()
    named = _NAMED.findall(text)
    assert len(named) > 60
    assert len(named) == text.count("`tests/") - text.count("`tests/nightly`")
    missing = [
        f"{path}::{name}" for path, name in named if name not in _daily_tests(REPOSITORY / path)
    ]
    assert missing == []


def _daily_tests(path: Path) -> set[str]:
    """Names of a file's tests, without those that run nightly only."""
    if not path.exists() or path.is_relative_to(REPOSITORY / "tests" / "nightly"):
        return set()
    return {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and "pytest.mark.nightly" not in map(ast.unparse, node.decorator_list)
    }
