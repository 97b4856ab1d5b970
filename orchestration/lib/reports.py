"""What ingestion reports, as Dagster metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dagster as dg

from ingestion.reports import DatasetReport


def materializations(
    reports: Iterable[DatasetReport], keys: dict[str, dg.AssetKey]
) -> Iterator[dg.MaterializeResult[None]]:
    """One result per dataset; `keys` maps a dataset's name to its asset."""
    for report in reports:
        yield dg.MaterializeResult(
            asset_key=keys[report.dataset],
            metadata={
                "dagster/partition_row_count": report.rows_landed,
                "rows_read": report.rows_read,
                "rows_landed": report.rows_landed,
                "rows_quarantined": report.rows_quarantined,
                "rows_deleted": report.rows_deleted,
                "mode": report.mode,
            },
        )
