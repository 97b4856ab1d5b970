"""How many rows are too many: against history, and only where there is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.landing import LandingZone, ValidationResult
from ingestion.quality import validate_batches
from ingestion.quality.volume import PastBatch, history, volume_rules
from tests.support.landed_tables import CUSTOMER, NOW, good_rows, land_rows

DATASET = f"oltp/{CUSTOMER.qualified}"
START = datetime(2026, 1, 1, tzinfo=UTC)
STEADY = [20_000, 21_000, 19_500, 20_300, 20_100]


def past(sizes: list[int]) -> list[PastBatch]:
    return [PastBatch(rows, START + timedelta(hours=n)) for n, rows in enumerate(sizes)]


def failures(sizes: list[int], rows: int, hours: float = 1.0) -> set[str]:
    """Severities of the rules that a batch breaks."""
    before = past(sizes)
    at = before[-1].at + timedelta(hours=hours)
    return {
        rule.severity
        for rule in volume_rules(before, at)
        if not rule.arguments["min_value"] <= rows <= rule.arguments["max_value"]
    }


@pytest.mark.parametrize(
    ("sizes", "rows", "hours", "broken"),
    [
        (STEADY, 20_050, 1, set()),
        (STEADY, 55_000, 1, set()),  # a busy day
        (STEADY, 100_000, 1, {"warning"}),
        (STEADY, 210_001, 1, {"warning", "error"}),
        (STEADY, 210_001, 12, set()),  # a morning after half a day without runs
        (STEADY, 1_500, 1, {"warning"}),
        ([3, 1, 7, 2, 1], 900, 1, set()),
        ([3, 1, 7, 2, 1], 5_000, 1, {"warning"}),
        ([3, 1, 7, 2, 1], 100_001, 1, {"warning", "error"}),
        ([1, 50_000, 3, 40_000, 2], 1, 1, set()),
        ([1, 50_000, 3, 40_000, 2], 60_000, 1, {"warning"}),
    ],
)
def test_unusual_volume_warns_and_extreme_volume_fails(
    sizes: list[int], rows: int, hours: float, broken: set[str]
) -> None:
    assert failures(sizes, rows, hours) == broken


def test_four_batches_are_too_few_for_volume_rules() -> None:
    assert volume_rules(past(STEADY[:4]), START + timedelta(days=1)) == ()


def test_history_contains_batches_of_the_same_mode_except_held_ones(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path / "landing")
    for rows, mode in ((50, "full"), (3, "delta"), (9, "delta"), (5, "delta"), (4, "delta")):
        land_rows(zone, CUSTOMER, good_rows(CUSTOMER, rows), mode=mode)
    zone.commit_validation([ValidationResult(3, DATASET, "held", ("odd",))])
    assert [batch.rows for batch in history(zone, 5, DATASET)] == [3, 5]
    zone.commit_validation([ValidationResult(3, DATASET, "accepted")])
    assert [batch.rows for batch in history(zone, 5, DATASET)] == [3, 9, 5]


def test_extreme_volume_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.quality.volume.MIN_ROWS_TO_FAIL", 1_000)
    monkeypatch.setattr("ingestion.quality.volume._intervals_since_last_batch", lambda *_: 1.0)
    zone = LandingZone(tmp_path / "landing")
    for number in range(5):
        land_rows(zone, CUSTOMER, good_rows(CUSTOMER, 20 + number), mode="delta")
    validate_batches(zone, tmp_path / "pages", now=NOW)
    land_rows(zone, CUSTOMER, good_rows(CUSTOMER, 1_001), mode="delta")
    (found,) = validate_batches(zone, tmp_path / "pages", now=NOW)
    assert [(r.kind, r.observed) for r in found.results if r.held] == [("volume", 1_001)]
    assert zone.held()[0].entry == found.entry
