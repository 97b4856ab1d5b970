"""What ingestion reports, as Dagster metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import dagster as dg

from ingestion.landing import DatasetReport, IncompleteIngestError


def materializations(
    ingest: Callable[[], list[DatasetReport]], keys: Mapping[str, dg.AssetKey]
) -> Iterator[dg.MaterializeResult[None]]:
    """Ingests and yields one result per dataset that was committed.

    Args:
        ingest: What to call.
        keys: Dataset → its asset.

    Raises:
        IncompleteIngestError: after the results of the datasets that were committed.
    """
    failure: IncompleteIngestError | None = None
    try:
        reports = ingest()
    except IncompleteIngestError as error:
        reports, failure = error.reports, error
    for report in reports:
        yield dg.MaterializeResult(asset_key=keys[report.dataset], metadata=_metadata(report))
    if failure:
        raise failure


def _metadata(report: DatasetReport) -> dict[str, dg.RawMetadataValue]:
    counts = report.counts
    metadata: dict[str, dg.RawMetadataValue] = {
        "dagster/partition_row_count": counts.rows_landed,
        "mode": counts.mode,
        "rows_read": counts.rows_read,
        "rows_landed": counts.rows_landed,
        "rows_quarantined": counts.rows_quarantined,
        "rows_deleted": counts.rows_deleted,
    }
    if report.manifest_entry is not None:
        metadata["manifest_entry"] = report.manifest_entry
    if report.quarantined:
        metadata["quarantined_by_reason"] = dg.MetadataValue.json(report.quarantined)
    if report.warnings:
        metadata["warnings"] = dg.MetadataValue.md("\n".join(f"- {w}" for w in report.warnings))
    return metadata
