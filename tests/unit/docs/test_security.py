"""Every test that SECURITY.md names is there."""

from __future__ import annotations

import re

from tests.documented import REPOSITORY

_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_each_promise_names_a_test_that_there_is() -> None:
    text = (REPOSITORY / "SECURITY.md").read_text()
    named = _NAMED.findall(text)
    assert len(named) > 60
    assert len(named) == text.count("`tests/") - text.count("`tests/nightly`")
    missing = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (REPOSITORY / path).read_text()
    ]
    assert missing == []
