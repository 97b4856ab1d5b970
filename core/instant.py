"""Parse times as users type them."""

from __future__ import annotations

from datetime import UTC, datetime


def parse_instant(text: str) -> datetime:
    """Return an ISO 8601 time as UTC; a time without offset is taken as UTC.

    Raises:
        ValueError: the text is not an ISO 8601 time.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("not an ISO 8601 time such as 2026-01-31T00:00:00Z") from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
