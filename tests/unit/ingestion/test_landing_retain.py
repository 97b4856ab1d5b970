"""Retention drops what the policy says, and nothing that anybody still needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.retention import RetentionPolicy
from ingestion.landing import LandingZone, ValidationResult
from ingestion.landing.retain import RetainReport, retain
from ingestion.landing.verify import verify
from tests.support.landed_messages import EVENTS, QUARANTINE, land_messages, time_of
from tests.support.landed_rows import (
    TABLE,
    files_in_manifest,
    files_on_disk,
    land_versions,
    pass_all,
    rows,
)

LATER = datetime.now(UTC) + timedelta(days=100)


def test_no_policy_keeps_everything(zone: LandingZone) -> None:
    land_versions(zone, [1])
    land_versions(zone, [1])
    pass_all(zone)
    assert retain(zone, RetentionPolicy(), LATER) == RetainReport()
    assert len(zone.entries()) == 3


def test_superseded_versions_are_deleted_and_newest_versions_kept(zone: LandingZone) -> None:
    land_versions(zone, [1, 2, 3])
    land_versions(zone, [1], [2])
    land_versions(zone, [1, 4])
    pass_all(zone)
    report = retain(zone, RetentionPolicy(superseded_days=30), LATER)
    assert report.dropped == {TABLE: 4}
    assert rows(zone, TABLE, "id", "_op") == [(1, 3, "upsert"), (3, 1, "upsert"), (3, 4, "upsert")]
    assert files_on_disk(zone) == files_in_manifest(zone)
    assert verify(zone).problems == ()
    assert retain(zone, RetentionPolicy(superseded_days=30), LATER) == RetainReport()


def test_retention_starts_when_a_version_is_superseded(zone: LandingZone) -> None:
    land_versions(zone, [1])
    first = land_versions(zone, [1, 2])
    land_versions(zone, [1], [2])
    pass_all(zone)
    now = first.committed_at + timedelta(days=30)
    assert retain(zone, RetentionPolicy(superseded_days=30), now).dropped == {TABLE: 1}
    assert [row[:2] for row in rows(zone, TABLE, "id")] == [(2, 1), (2, 2), (3, 1), (3, 2)]


def test_reinserted_key_is_kept(zone: LandingZone) -> None:
    land_versions(zone, [1])
    land_versions(zone, [], [1])
    land_versions(zone, [1])
    pass_all(zone)
    retain(zone, RetentionPolicy(superseded_days=0), LATER)
    assert rows(zone, TABLE, "id", "_op") == [(3, 1, "upsert")]


def test_held_version_supersedes_nothing(zone: LandingZone) -> None:
    land_versions(zone, [1])
    pass_all(zone)
    held = land_versions(zone, [1])
    zone.commit_validation([ValidationResult(held.number, TABLE, "held")])
    assert retain(zone, RetentionPolicy(superseded_days=0), LATER).dropped == {}


def test_sources_of_one_table_have_separate_keys(zone: LandingZone) -> None:
    land_versions(zone, [1])
    land_versions(zone, [1], dataset=f"{TABLE}@north")
    pass_all(zone)
    assert retain(zone, RetentionPolicy(superseded_days=0), LATER).dropped == {}
    assert {Path(file.path).parent for _, file in zone.live()} == {Path(TABLE)}


def test_retention_applies_to_two_sources_of_one_table(zone: LandingZone) -> None:
    other = f"{TABLE}@north"
    for dataset in (TABLE, other):
        land_versions(zone, [1, 2], dataset=dataset)
        land_versions(zone, [1], dataset=dataset)
    pass_all(zone)
    report = retain(zone, RetentionPolicy(superseded_days=0), LATER)
    assert report.dropped == {TABLE: 1, other: 1}
    assert rows(zone, TABLE, "id") == [(1, 2), (2, 1)]
    assert rows(zone, other, "id") == [(3, 2), (4, 1)]
    assert files_on_disk(zone) == files_in_manifest(zone)
    assert verify(zone).problems == ()


def test_old_events_and_quarantine_are_deleted(zone: LandingZone) -> None:
    land_messages(zone, [0, 1, 2, 3], [4])
    recent = land_messages(zone, [5], [6])
    pass_all(zone)
    policy = RetentionPolicy(events_days=10)
    report = retain(zone, policy, time_of(12))
    assert report.dropped == {EVENTS: 2}
    assert [offset for _, offset in rows(zone, EVENTS, "offset")] == [2, 3, 5]
    policy = RetentionPolicy(quarantine_days=1)
    just_before = recent.committed_at + timedelta(days=1, microseconds=-1)
    assert retain(zone, policy, just_before).dropped == {QUARANTINE: 1}
    assert rows(zone, QUARANTINE, "offset") == [(2, 6)]
    assert verify(zone).problems == ()


def test_negative_retention_is_rejected() -> None:
    with pytest.raises(ValueError, match="negative"):
        RetentionPolicy(events_days=-1)
