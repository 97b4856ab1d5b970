"""How many rows a batch has, against the batches of the same kind before it.

Batches are irregular: a quiet night, a weekend without runs, a campaign. So the band is wide, it
widens with the time since the last batch, and only what no busy day explains is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from ingestion.landing import LandingZone
from ingestion.quality.rules import ROW_COUNT, QualityRule, Severity

#: Newest batches that are compared with; fewer than the least are no history.
MOST_BATCHES, LEAST_BATCHES = 20, 5
#: Below these sizes any number is usual, whatever the history says.
LEAST_TO_WARN, LEAST_TO_STOP = 1_000, 100_000
#: Times the busiest batch that no busy day reaches.
ABSURD = 10
#: Spread of batches, in median deviations from the median, that still is usual.
USUAL_SPREAD = 10


@dataclass(frozen=True)
class PastBatch:
    """One earlier batch of a dataset."""

    rows: int
    at: datetime


def history(zone: LandingZone, number: int, dataset: str) -> list[PastBatch]:
    """Earlier batches of the dataset that were read the same way, oldest first.

    What is held is no example. A first read is no example for later ones: it has another mode.
    """
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
    return past[-MOST_BATCHES:]


def volume_rules(past: list[PastBatch], at: datetime) -> tuple[QualityRule, ...]:
    """Limits for a batch that was committed at `at`; none without enough history."""
    if len(past) < LEAST_BATCHES:
        return ()
    sizes = [batch.rows for batch in past]
    middle = median(sizes)
    spread = median(abs(size - middle) for size in sizes)
    waited = _waited(past, at)
    most = max(middle + USUAL_SPREAD * spread, 3 * middle, LEAST_TO_WARN, *sizes) * waited
    absurd = max(ABSURD * max(sizes) * waited, LEAST_TO_STOP)
    least = middle / USUAL_SPREAD if middle >= LEAST_TO_WARN else 0
    return (
        _rows(int(least), int(most), "warning", "another number of rows than this dataset usually"),
        # an error: a table rewritten by mistake or a topic replayed would flood every mart
        _rows(0, int(absurd), "error", "more rows than any batch and any pause explain"),
    )


def _waited(past: list[PastBatch], at: datetime) -> float:
    """How many usual pauses passed since the last batch, at least one."""
    moments = [batch.at for batch in past]
    pauses = [(b - a).total_seconds() for a, b in pairwise(moments)]
    usual = max(median(pauses), 1.0)
    return max((at - moments[-1]).total_seconds() / usual, 1.0)


def _rows(least: int, most: int, severity: Severity, why: str) -> QualityRule:
    limits = {"min_value": least, "max_value": most}
    return QualityRule("volume", ROW_COUNT, (), severity, why, arguments=limits)
