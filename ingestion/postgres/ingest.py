"""One run over the tables of an OLTP: read in one snapshot, landed as one batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from ingestion.contracts.tables import TABLES, TableSpec
from ingestion.landing import DatasetReport, IncompleteIngestError, LandingZone
from ingestion.postgres.catalog import SourceTable, TableError, find_table
from ingestion.postgres.snapshot import take_snapshot
from ingestion.postgres.source import open_source
from ingestion.postgres.table import TableReader

logger = logging.getLogger(__name__)


def ingest(
    dsn: str,
    zone: LandingZone,
    tables: Sequence[TableSpec] = TABLES,
    *,
    source: str = "oltp",
    accept_deletes: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> list[DatasetReport]:
    """Lands what changed in the tables since the last run; everything the first time.

    Args:
        dsn: The OLTP, as a role with SELECT rights (system column `xmin` included).
        zone: Where to land.
        tables: Contracts of the tables to read.
        source: Name of this OLTP; column `_source` of its rows and first part of its datasets.
        accept_deletes: Goes on even when more than a fifth of a table vanished.
        progress: Called with dataset and rows after each table.

    Returns:
        One report per table. Without any change nothing is landed, and no manifest entry made.

    Raises:
        ConfigurationError: the OLTP is unreachable or refuses the login.
        IncompleteIngestError: some tables do not fit their contract or lost too many rows; the
            others are landed.
        ConcurrentRunError: another run landed the same tables meanwhile.
    """
    failures: dict[str, str] = {}
    warnings: dict[str, tuple[str, ...]] = {}
    with zone.batch(source) as batch, open_source(dsn, batch.folder) as connection:
        reader = TableReader(
            connection, take_snapshot(connection), zone, batch, source, accept_deletes
        )
        counts = {}
        for spec in tables:
            dataset = f"{source}/{spec.qualified}"
            try:
                table = find_table(connection, spec)
                counts[dataset], position = reader.read(table)
            except TableError as error:
                logger.error("%s", error)
                failures[dataset] = str(error)
                continue
            batch.record(dataset, counts[dataset], position)
            warnings[dataset] = _surplus(table)
            if progress:
                progress(dataset, counts[dataset].rows_landed)
        entry = batch.commit()
    positions = zone.latest.positions if zone.latest else {}
    reports = [
        DatasetReport(
            dataset,
            counts[dataset],
            positions.get(dataset, {}),
            manifest_entry=entry.number if entry else None,
            warnings=warnings[dataset],
        )
        for dataset in counts
    ]
    if failures:
        raise IncompleteIngestError(failures, reports)
    return reports


def _surplus(table: SourceTable) -> tuple[str, ...]:
    if not table.surplus:
        return ()
    line = f"{table.spec.qualified}: {', '.join(table.surplus)} not in the contract and not read"
    logger.warning("%s", line)
    return (line,)
