"""Volume rules: compare the number of rows of a batch with earlier batches of the same mode.

Batch sizes vary with nights, weekends without runs and campaigns. The expected range is therefore
wide and grows with the time since the last batch. Only sizes that no busy day explains are errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from ingestion.landing import LandingZone
from ingestion.quality.rules import ROW_COUNT, QualityRule, Severity

#: Number of earlier batches to compare with; there are no rules with fewer than the minimum.
MAX_BATCHES, MIN_BATCHES = 20, 5
#: Smaller batches never warn or fail.
MIN_ROWS_TO_WARN, MIN_ROWS_TO_FAIL = 1_000, 100_000
#: Multiple of the largest batch that is an error.
ERROR_FACTOR = 10
#: Tolerated distance from the median, in median absolute deviations.
TOLERATED_DEVIATIONS = 10


@dataclass(frozen=True)
class PastBatch:
    """One earlier batch of a dataset."""

    rows: int
    at: datetime


def history(zone: LandingZone, number: int, dataset: str) -> list[PastBatch]:
    """Return earlier batches of the dataset with the same mode, oldest first, except held ones."""
    state = zone.state()
    mode = state.entries[number - 1].datasets[dataset].mode
    past = []
    for entry in state.entries[: number - 1]:
        counts = entry.datasets.get(dataset)
        result = state.validation_results.get((entry.number, dataset))
        if counts is None or counts.mode != mode or (result and result.outcome == "held"):
            continue
        if rows := counts.rows_landed + counts.rows_deleted:
            past.append(PastBatch(rows, entry.committed_at))
    return past[-MAX_BATCHES:]


def volume_rules(past: list[PastBatch], at: datetime) -> tuple[QualityRule, ...]:
    """Build the rules for a batch committed at `at`; none without enough history."""
    if len(past) < MIN_BATCHES:
        return ()
    sizes = [batch.rows for batch in past]
    middle = median(sizes)
    spread = median(abs(size - middle) for size in sizes)
    intervals = _intervals_since_last_batch(past, at)
    high = max(middle + TOLERATED_DEVIATIONS * spread, 3 * middle, MIN_ROWS_TO_WARN, *sizes)
    low = middle / TOLERATED_DEVIATIONS if middle >= MIN_ROWS_TO_WARN else 0
    limit = max(ERROR_FACTOR * max(sizes) * intervals, MIN_ROWS_TO_FAIL)
    return (
        _row_count(int(low), int(high * intervals), "warning", "unusual number of rows"),
        # for example a table rewritten by mistake, or a replayed topic
        _row_count(0, int(limit), "error", "far more rows than in any earlier batch"),
    )


def _intervals_since_last_batch(past: list[PastBatch], at: datetime) -> float:
    """Return the time since the last batch as a multiple of the median interval, at least 1."""
    times = [batch.at for batch in past]
    intervals = [(b - a).total_seconds() for a, b in pairwise(times)]
    usual = max(median(intervals), 1.0)
    return max((at - times[-1]).total_seconds() / usual, 1.0)


def _row_count(low: int, high: int, severity: Severity, why: str) -> QualityRule:
    limits = {"min_value": low, "max_value": high}
    return QualityRule("volume", ROW_COUNT, (), severity, why, arguments=limits)
