"""Validate every landed batch once, before the warehouse loads it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from contracts.tables import TableSpec
from contracts.topics import TopicSpec
from core.disk import is_full
from core.durable_files import full_disk_in_one_line
from core.errors import AffiliateError
from ingestion.landing import LandingZone, ValidationResult
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.state import Landing
from ingestion.quality import breaker, store
from ingestion.quality.evaluate import evaluate
from ingestion.quality.pages import publish
from ingestion.quality.results import QualityReport, RuleResult
from ingestion.quality.rows import (
    EVENTS,
    KEYS,
    ROWS,
    LandedRows,
    event_views,
    review_connection,
    table_views,
)
from ingestion.quality.rules import QualityRule
from ingestion.quality.suites import contract, event_suites, table_suite, topic_suite
from ingestion.quality.table_rules import key_rules
from ingestion.quality.volume import history, volume_rules

logger = logging.getLogger(__name__)

Progress = Callable[[str, int], None]
ACTION = "; fix the source, or accept the batch"


def validate_batches(
    zone: LandingZone, pages: Path, *, now: datetime | None = None, progress: Progress | None = None
) -> list[QualityReport]:
    """Validate all landed batches that have no validation result yet.

    After a crash, the next call validates the remaining batches. Without new batches, nothing is
    written and Great Expectations is not imported.

    Args:
        zone: Landing zone.
        pages: Directory of results and pages; contains no row values.
        now: Time that ages are measured against; the current time by default.
        progress: Called with dataset and rows read after each batch.

    Returns:
        One report per dataset of each entry, oldest first.

    Raises:
        AffiliateError: the landing zone is damaged, or the disk is full.
    """
    return _validate(zone, pages, lambda: list(zone.state().unvalidated), now, progress)


def revalidate_held(
    zone: LandingZone, pages: Path, *, now: datetime | None = None, progress: Progress | None = None
) -> list[QualityReport]:
    """Validate the held batches again, with the current rules and quarantine.

    Arguments and errors are those of `validate_batches`.

    Returns:
        One report per batch that was held, oldest first; those that passed are released.
    """
    return _validate(
        zone, pages, lambda: [(v.entry, v.dataset) for v in zone.held()], now, progress
    )


def _validate(
    zone: LandingZone,
    pages: Path,
    waiting: Callable[[], list[Landing]],
    now: datetime | None,
    progress: Progress | None,
) -> list[QualityReport]:
    if not waiting():
        publish(zone, pages)
        return []
    now = now or datetime.now(UTC)
    reports = []
    # call `waiting` again under the lock: another process may have validated these batches
    with store.exclusive(pages):
        with zone.reading():
            for number, dataset in waiting():
                reports.append(found := _validate_without_leaks(zone, number, dataset, now))
                store.write(pages, found)
                if progress:
                    progress(dataset, found.rows_read)
        if reports:
            zone.commit_validation(
                ValidationResult(r.entry, r.dataset, r.outcome, r.reasons) for r in reports
            )
    publish(zone, pages)
    for found in reports:
        for line in found.reasons:
            logger.warning("held: %s", line)
    return reports


def _validate_without_leaks(
    zone: LandingZone, number: int, dataset: str, now: datetime
) -> QualityReport:
    """Validate one batch; errors become one line without row values."""
    with full_disk_in_one_line(zone.root):
        try:
            return _validate_batch(zone, number, dataset, now)
        except Exception as error:
            if isinstance(error, AffiliateError) or is_full(error):
                raise
            # error texts of DuckDB and Great Expectations contain row values
            raise AffiliateError(
                f"{dataset}: the validation of manifest entry {number} failed "
                f"({type(error).__name__}); no result was saved: run again"
            ) from None


def _validate_batch(zone: LandingZone, number: int, dataset: str, now: datetime) -> QualityReport:
    entry = zone.state().entries[number - 1]
    counts = entry.datasets[dataset]
    quarantined = breaker.quarantined(zone, number, dataset)
    breaker_failure = breaker.failure(dataset, counts.rows_read, quarantined)
    results = _results(LandedRows(zone, number, dataset), now)
    found = QualityReport(
        dataset=dataset,
        entry=number,
        committed_at=entry.committed_at,
        reviewed_at=now,
        rows_read=counts.rows_read,
        rows_quarantined=sum(quarantined.values()),
        outcome="passed",
        reasons=(),
        results=tuple(results),
        quarantined=quarantined,
    )
    reasons = [breaker_failure] if breaker_failure else []
    reasons += [f"{found.line(result)}{ACTION}" for result in results if result.held]
    return replace(found, outcome="held", reasons=tuple(reasons)) if reasons else found


def _results(landed: LandedRows, now: datetime) -> list[RuleResult]:
    spec = contract(landed.dataset)
    if spec is None or not landed.files:
        return []
    for _, file in landed.files:
        verify_checksum(landed.zone, file)
    with review_connection(landed.zone) as connection:
        if isinstance(spec, TableSpec):
            return _table_results(connection, landed, spec, now)
        return _event_results(connection, landed, spec, now)


def _table_results(
    connection: duckdb.DuckDBPyConnection, landed: LandedRows, spec: TableSpec, now: datetime
) -> list[RuleResult]:
    table_views(connection, landed, spec, now)
    all_rows = (*key_rules(spec), *_volume(landed))
    return [
        *evaluate(connection, KEYS, spec.qualified, all_rows),
        *evaluate(connection, ROWS, spec.qualified, table_suite(spec, now)),
    ]


def _event_results(
    connection: duckdb.DuckDBPyConnection, landed: LandedRows, spec: TopicSpec, now: datetime
) -> list[RuleResult]:
    suites = event_suites(spec, now)
    event_views(connection, landed, spec, suites, now)
    results = evaluate(connection, EVENTS, spec.name, (*_volume(landed), *topic_suite(spec)))
    for event_type, rules in suites.items():
        results += evaluate(connection, event_type, event_type, rules)
    return results


def _volume(landed: LandedRows) -> tuple[QualityRule, ...]:
    entry = landed.zone.state().entries[landed.number - 1]
    return volume_rules(history(landed.zone, landed.number, landed.dataset), entry.committed_at)
