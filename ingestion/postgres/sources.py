"""Several OLTPs, each a batch of its own: a broken one does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from contracts.tables import TABLES, TableSpec
from core.errors import AffiliateError, ConfigurationError
from ingestion.landing import DatasetReport, IncompleteIngestError, LandingZone
from ingestion.postgres.ingest import Progress, ingest

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OltpSource:
    """One OLTP database.

    Attributes:
        name: `oltp` for the only one; else part of its datasets' names.
        dsn: libpq connection string or URI, as a role that reads.
    """

    name: str
    dsn: str = field(repr=False)


@dataclass(frozen=True)
class SourcesReport:
    """What came of all sources.

    Attributes:
        reports: One per table of every source that was read.
        stale: Source that could not be read → why, and how old what it landed last is.
    """

    reports: list[DatasetReport]
    stale: dict[str, str]


def ingest_sources(
    sources: Sequence[OltpSource],
    zone: LandingZone,
    tables: Sequence[TableSpec] = TABLES,
    *,
    accept_deletes: bool = False,
    progress: Progress | None = None,
) -> SourcesReport:
    """Lands what changed in every source that answers.

    Args:
        sources: With different names.
        zone: Where to land.
        tables: Contracts of the tables to read in each.
        accept_deletes: Goes on even when more than a fifth of a table vanished.
        progress: Called with dataset and rows after each table.

    Raises:
        IncompleteIngestError: some tables of some sources do not fit their contract or lost too
            many rows; everything else is landed. Its failures name the stale sources too.
        ConfigurationError: no source can be reached.
        AffiliateError: no source could be read to its end.
    """
    reports: list[DatasetReport] = []
    failures: dict[str, str] = {}
    broken: dict[str, AffiliateError] = {}
    for source in sources:
        try:
            reports += ingest(
                source.dsn,
                zone,
                tables,
                source=source.name,
                accept_deletes=accept_deletes,
                progress=progress,
            )
        except IncompleteIngestError as error:
            reports += error.reports
            failures |= error.failures
        except AffiliateError as error:
            broken[source.name] = error
    stale = {name: f"{error}; {_age(zone, name)}" for name, error in broken.items()}
    for name, reason in stale.items():
        logger.warning("source %s is stale: %s", name, reason)
    if failures:
        raise IncompleteIngestError(failures | stale, reports)
    if len(broken) == len(sources):
        _raise_all(list(broken.values()))
    return SourcesReport(reports, stale)


def _raise_all(errors: list[AffiliateError]) -> None:
    """Raises the error of the only source as it is, those of several as one."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        is_settings = all(isinstance(error, ConfigurationError) for error in errors)
        kind = ConfigurationError if is_settings else AffiliateError
        raise kind("; ".join(map(str, errors)))


def _age(zone: LandingZone, source: str) -> str:
    """When the source landed something for the last time."""
    times = [entry.committed_at for entry in zone.entries() if entry.source == source]
    if not times:
        return "nothing of it was ever landed"
    age = timedelta(seconds=round((datetime.now(UTC) - times[-1]).total_seconds()))
    return f"its newest batch is {age} old ({times[-1]:%Y-%m-%d %H:%M} UTC)"
