"""Reports of ingestion as Dagster metadata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from ingestion.landing import DatasetReport, LandingZone


def materializations(
    reports: Sequence[DatasetReport], keys: Mapping[str, dg.AssetKey], zone: LandingZone
) -> Iterator[dg.MaterializeResult[None]]:
    """One result per asset, over all its sources.

    Args:
        reports: The committed datasets; the suffix `@<source>` of a dataset names its database.
        keys: Dataset without source → its asset.
        zone: The landing zone.
    """
    totals = _totals(zone, keys)
    by_asset: dict[dg.AssetKey, list[DatasetReport]] = {}
    for report in reports:
        by_asset.setdefault(keys[report.dataset.partition("@")[0]], []).append(report)
    for key, ours in by_asset.items():
        yield dg.MaterializeResult(asset_key=key, metadata=_metadata(ours) | totals.get(key, {}))


def _totals(
    zone: LandingZone, keys: Mapping[str, dg.AssetKey]
) -> dict[dg.AssetKey, dict[str, dg.RawMetadataValue]]:
    """Row versions and bytes in the current files of each asset."""
    rows: Counter[dg.AssetKey] = Counter()
    size: Counter[dg.AssetKey] = Counter()
    for _, file in zone.live():
        if file.kind == "data" and (key := keys.get(file.dataset.partition("@")[0])):
            rows[key] += file.rows
            size[key] += file.bytes
    return {key: {"dagster/row_count": rows[key], "bytes": size[key]} for key in rows}


def _metadata(reports: Sequence[DatasetReport]) -> dict[str, dg.RawMetadataValue]:
    counts = [report.counts for report in reports]
    metadata: dict[str, dg.RawMetadataValue] = {
        "dagster/partition_row_count": sum(c.rows_landed for c in counts),
        "mode": ", ".join(sorted({c.mode for c in counts})),
        "rows_read": sum(c.rows_read for c in counts),
        "rows_landed": sum(c.rows_landed for c in counts),
        "rows_quarantined": sum(c.rows_quarantined for c in counts),
        "rows_deleted": sum(c.rows_deleted for c in counts),
    }
    entries = [r.manifest_entry for r in reports if r.manifest_entry is not None]
    if entries:
        metadata["manifest_entry"] = max(entries)
    if len(reports) > 1:
        metadata["rows_landed_by_source"] = dg.MetadataValue.json(
            {r.dataset.partition("@")[2]: r.counts.rows_landed for r in reports}
        )
    if quarantined := sum((Counter(r.quarantined) for r in reports), Counter[str]()):
        metadata["quarantined_by_reason"] = dg.MetadataValue.json(dict(quarantined))
    if lag := {str(p): n for r in reports for p, n in r.lag.items()}:
        metadata["lag_by_partition"] = dg.MetadataValue.json(lag)
        metadata["lag"] = sum(lag.values())
    if warnings := [w for r in reports for w in r.warnings]:
        metadata["warnings"] = dg.MetadataValue.md("\n".join(f"- {w}" for w in warnings))
    return metadata
