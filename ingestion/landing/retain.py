"""Retention: drop old row versions, events and quarantined messages.

Files with such rows are rewritten without them. Rows that are held or not validated yet are kept,
and so is the newest version of every key: the current state of a table never changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from contracts.tables import TABLES
from core import sql
from core.duckdb_session import connect
from core.retention import RetentionPolicy
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.rewrite import Keep, rewrite
from ingestion.landing.scan import FILE, ROW, scan_files
from ingestion.landing.zone import LandingZone

SOURCE = "retention"
_KEYS = {spec.qualified: spec.primary_key for spec in TABLES}


@dataclass(frozen=True)
class RetainReport:
    """Result of a retention run.

    Attributes:
        dropped: Dataset → number of dropped rows; only datasets with dropped rows.
        manifest_entry: Number of the entry; None if no row was old enough.
    """

    dropped: Mapping[str, int] = field(default_factory=dict)
    manifest_entry: int | None = None


def retain(zone: LandingZone, policy: RetentionPolicy, now: datetime) -> RetainReport:
    """Drop the rows that the policy no longer keeps, in one manifest entry.

    Args:
        zone: The landing zone.
        policy: How long rows are kept.
        now: Time from which ages are counted back; with time zone.

    Raises:
        AffiliateError: a file is lost or damaged, or the disk is full; nothing was dropped.
        ConcurrentRunError: another run rewrote the same files at the same time.
    """
    dropped: dict[str, int] = {}
    with zone.batch(SOURCE) as batch:
        for dataset in sorted({file.dataset for _, file in zone.live()}):
            days = policy.days(dataset)
            if days is None:
                continue
            keep = _keep(zone, dataset, now - timedelta(days=days), batch.folder)
            files = [found for found in zone.live(dataset) if found[1].path in keep]
            if files:
                rewrite(zone, files, batch.stage(dataset, files[0][1].kind), keep=keep)
                batch.replace(file for _, file in files)
                dropped[dataset] = sum(int((~mask).sum()) for mask in keep.values())
                batch.drop(dataset, dropped[dataset])
        entry = batch.commit()
    zone.vacuum()
    return RetainReport(dropped, entry.number if entry else None)


def _keep(zone: LandingZone, dataset: str, before: datetime, temporary: Path) -> Keep:
    """Return the rows to keep, for every file with rows to drop."""
    files = zone.live(dataset)
    columns = {"oltp": [*_key(dataset), "_op"], "events": ["timestamp"]}
    scanned = [*columns.get(dataset.partition("/")[0], []), FILE, ROW]
    too_old = _too_old(zone, dataset, f"({scan_files(zone, files, scanned)})", before)
    if too_old is None:
        return {}
    for _, file in files:
        verify_checksum(zone, file)
    with closing(connect()) as connection:
        connection.execute(f"set temp_directory = {sql.text(str(temporary / 'spill'))}")
        found = connection.execute(too_old).fetchnumpy()
    keep = {}
    for index in np.unique(found[FILE]):
        _, file = files[int(index)]
        keep[file.path] = np.ones(file.rows, dtype=np.bool_)
        keep[file.path][found[ROW][found[FILE] == index]] = False
    return keep


def _too_old(zone: LandingZone, dataset: str, landed: str, before: datetime) -> str | None:
    """Return SQL for `FILE` and `ROW` of the rows to drop; None if there can be none."""
    pending = zone.state().first_pending(dataset)
    last = 0
    for entry in zone.entries():
        if entry.committed_at > before or entry.number >= pending:
            break
        last = entry.number
    kind = dataset.partition("/")[0]
    if kind == "events":
        return sql.load(
            __package__,
            "old_events",
            landed=landed,
            is_validated="true" if math.isinf(pending) else f"_seq < {pending}",
            before=sql.text(before.isoformat()),
            last_old_entry=str(last),
        )
    if last == 0 or (kind == "oltp" and not _key(dataset)):
        return None
    if kind == "quarantine":
        return sql.load(__package__, "old_quarantine", landed=landed, last_old_entry=str(last))
    return sql.load(
        __package__,
        "superseded_rows",
        landed=landed,
        key=sql.names(_key(dataset)),
        last_old_entry=str(last),
    )


def _key(dataset: str) -> tuple[str, ...]:
    """Return the primary key of an OLTP table; empty if the table has no contract any more."""
    return _KEYS.get(dataset.partition("/")[2].partition("@")[0], ())
