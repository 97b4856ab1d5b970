"""What the command line makes of `--as-of`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from affiliate.options import parse_as_of
from core.errors import ConfigurationError


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026-01-31T00:00:00Z", "2026-01-30T21:00:00-03:00"]
)
def test_as_of_without_offset_is_utc(text: str) -> None:
    assert parse_as_of(text) == datetime(2026, 1, 31, tzinfo=UTC)


def test_missing_as_of_is_none() -> None:
    assert parse_as_of(None) is None


def test_invalid_as_of_is_rejected() -> None:
    with pytest.raises(ConfigurationError, match="ISO 8601"):
        parse_as_of("last tuesday")
