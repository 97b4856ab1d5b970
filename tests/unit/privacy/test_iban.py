from __future__ import annotations

import pytest

from privacy.scan.iban import is_iban


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DE89370400440532013000", True),
        ("DE89 3704 0044 0532 0130 00", True),
        ("NO93 8601 1117 947", True),
        ("MT84MALT011000012345MTLCAST001S", True),
        ("DE89370400440532013000 AND MORE", True),
        ("DE88370400440532013000", False),
        ("GB82 TEST 1234 5698 7654 32", False),
        ("AB12", False),
    ],
)
def test_iban_check_digits(text: str, expected: bool) -> None:
    assert is_iban(text) is expected
