"""Instants as people write them."""

from __future__ import annotations

from datetime import UTC, datetime


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant, in UTC; without offset it is UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("not an ISO 8601 time, as 2026-01-31T00:00:00Z") from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
