"""Which `as_of` a run uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from orchestration.lib.platform import run_as_of

STARTED = datetime(2026, 3, 1, 4, tzinfo=UTC)
SETTING = datetime(2026, 2, 1, tzinfo=UTC)


def test_as_of_precedence_is_tag_setting_start() -> None:
    assert run_as_of("2026-01-01", SETTING, STARTED) == datetime(2026, 1, 1, tzinfo=UTC)
    assert run_as_of(None, SETTING, STARTED) == SETTING
    assert run_as_of(None, None, STARTED) == STARTED


def test_as_of_is_converted_to_utc() -> None:
    local = datetime(2026, 3, 1, 6, tzinfo=timezone(timedelta(hours=2)))

    assert run_as_of(None, None, local) == STARTED
    assert run_as_of("2026-03-01T06:00:00+02:00", None, local) == STARTED
    assert run_as_of(None, None, local).tzinfo is UTC
