"""Ingest the tables of one OLTP database: read in one snapshot and land as one batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from contracts.tables import TABLES, TableSpec
from core.source_list import DEFAULT_SOURCE
from ingestion.landing import Batch, Counts, DatasetReport, IncompleteIngestError, LandingZone
from ingestion.landing.exclusion import Exclusion
from ingestion.postgres.catalog import look_up
from ingestion.postgres.reader import TableReader
from ingestion.postgres.schema_drift import TableError
from ingestion.postgres.snapshot import take_snapshot
from ingestion.postgres.source import open_source
from ingestion.postgres.table import fit

logger = logging.getLogger(__name__)

Progress = Callable[[str, int], None]


def ingest(
    dsn: str,
    zone: LandingZone,
    tables: Sequence[TableSpec] = TABLES,
    *,
    source: str = DEFAULT_SOURCE,
    accept_deletes: bool = False,
    progress: Progress | None = None,
) -> list[DatasetReport]:
    """Land the changes of the tables since the last run, or all rows in the first run.

    Rows of erased customers are landed with their keys only.

    Args:
        dsn: DSN of the OLTP, for a role with SELECT (including the system column `xmin`).
        zone: Landing zone.
        tables: Contracts of the tables to read.
        source: Name of the source: value of the column `_source`, and suffix of its datasets
            unless it is the default source.
        accept_deletes: Accept mass deletions (more than 20 % of a table).
        progress: Called with dataset and rows after each table.

    Returns:
        One report per table. Without changes, nothing is landed and no manifest entry is made.

    Raises:
        ConfigurationError: the OLTP is unreachable or rejects the login.
        IncompleteIngestError: some tables violate their contract or lost too many rows; the
            others are landed.
        AffiliateError: the connection broke; nothing was landed.
        ConcurrentRunError: another run landed the same tables at the same time.
    """
    run = _Run(source, accept_deletes, progress)
    with zone.batch(source) as batch:
        run.read(dsn, zone, batch, tables)
        entry = batch.commit()
    positions = zone.latest.positions if zone.latest else {}
    reports = [
        DatasetReport(
            dataset,
            counts,
            positions.get(dataset, {}),
            manifest_entry=entry.number if entry else None,
            warnings=run.warnings[dataset],
        )
        for dataset, counts in run.counts.items()
    ]
    if run.failures:
        raise IncompleteIngestError(run.failures, reports)
    return reports


def dataset_of(source: str, spec: TableSpec) -> str:
    """Return the dataset of a table of a source."""
    return f"oltp/{spec.qualified}" + ("" if source == DEFAULT_SOURCE else f"@{source}")


class _Run:
    """One run, with the results of its tables so far."""

    def __init__(self, source: str, accept_deletes: bool, progress: Progress | None) -> None:
        self.counts: dict[str, Counts] = {}
        self.warnings: dict[str, tuple[str, ...]] = {}
        self.failures: dict[str, str] = {}
        self._source = source
        self._accept_deletes = accept_deletes
        self._progress = progress

    def read(self, dsn: str, zone: LandingZone, batch: Batch, tables: Sequence[TableSpec]) -> None:
        """Stage and record all readable tables."""
        with open_source(dsn, batch.folder, _unreachable(self._source)) as connection:
            snapshot = take_snapshot(connection)
            found = look_up(connection, tables)
            reader = TableReader(
                connection,
                snapshot,
                zone,
                batch,
                self._source,
                self._accept_deletes,
                Exclusion.of(zone),
            )
            for spec in tables:
                dataset = dataset_of(self._source, spec)
                try:
                    table = fit(spec, found.get(spec.qualified), batch.position(dataset))
                    counts, position = reader.read(table, dataset)
                except TableError as error:
                    logger.error("%s", self._named(str(error)))
                    self.failures[dataset] = self._named(str(error))
                    continue
                batch.record(dataset, counts, position)
                self.counts[dataset] = counts
                self.warnings[dataset] = tuple(map(self._named, table.warnings))
                for line in self.warnings[dataset]:
                    logger.warning("%s", line)
                if self._progress:
                    self._progress(dataset, counts.rows_landed)

    def _named(self, line: str) -> str:
        return line if self._source == DEFAULT_SOURCE else f"{self._source}: {line}"


def _unreachable(source: str) -> str:
    if source == DEFAULT_SOURCE:
        return (
            "the OLTP is unreachable or rejects the login: check AFFILIATE_OLTP_DSN "
            "(host, port, user, password, database)"
        )
    return (
        f"the OLTP {source} is unreachable or rejects the login: check its dsn in "
        "AFFILIATE_SOURCES_FILE"
    )
