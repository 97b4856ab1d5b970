"""Retention: row versions, events and quarantined messages older than a policy keeps them.

Files with such rows are written again without them. Rows that are held or not reviewed yet stay, as
does every key's newest version: what a table holds now, and which keys are landed, is as before.
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
from core.duckdb_session import connect
from core.retention import RetentionPolicy
from core.sql import quote
from ingestion.landing.checksum import check
from ingestion.landing.rewrite import Keep, rewrite
from ingestion.landing.scan import FILE, ROW, identifier, scan_files
from ingestion.landing.zone import LandingZone

SOURCE = "retention"
_KEYS = {spec.qualified: spec.primary_key for spec in TABLES}


@dataclass(frozen=True)
class RetainReport:
    """What a retention did.

    Attributes:
        dropped: Dataset → rows that are gone; only datasets that lost some.
        manifest_entry: Number of the entry that says so; None when nothing was old enough.
    """

    dropped: Mapping[str, int] = field(default_factory=dict)
    manifest_entry: int | None = None


def retain(zone: LandingZone, policy: RetentionPolicy, now: datetime) -> RetainReport:
    """Drops what the policy no longer keeps, in one manifest entry.

    Args:
        zone: The landing zone.
        policy: What to keep.
        now: With time zone; ages are counted back from it.

    Raises:
        AffiliateError: a file is lost or damaged, or the disk is full; nothing was dropped.
        ConcurrentRunError: another run rewrote the same files meanwhile.
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
    zone.sweep()
    return RetainReport(dropped, entry.number if entry else None)


def _keep(zone: LandingZone, dataset: str, before: datetime, temporary: Path) -> Keep:
    """Which rows stay, of every file that loses some."""
    files = zone.live(dataset)
    too_old = _too_old(zone, dataset, before)
    if too_old is None:
        return {}
    for _, file in files:
        check(zone, file)
    columns = {"oltp": [*_key(dataset), "_op"], "events": ["timestamp"]}
    listed = columns.get(dataset.partition("/")[0], [])
    with closing(connect()) as connection:
        connection.execute(f"SET temp_directory = '{quote(str(temporary / 'spill'))}'")
        found = connection.execute(
            f"with landed as ({scan_files(zone, files, [*listed, FILE, ROW])}) {too_old}"
        ).fetchnumpy()
    keep = {}
    for place in np.unique(found[FILE]):
        _, file = files[int(place)]
        keep[file.path] = np.ones(file.rows, dtype=np.bool_)
        keep[file.path][found[ROW][found[FILE] == place]] = False
    return keep


def _too_old(zone: LandingZone, dataset: str, before: datetime) -> str | None:
    """SQL for the places of rows to drop from `landed`; None if there can be none."""
    unsettled = zone.state().first_unsettled(dataset)
    last = 0
    for entry in zone.entries():
        if entry.committed_at > before or entry.number >= unsettled:
            break
        last = entry.number
    place = f"select {FILE}, {ROW} from landed"
    kind = dataset.partition("/")[0]
    if kind == "events":
        time = f"\"timestamp\" < '{before.isoformat()}'::timestamptz"
        settled = "true" if math.isinf(unsettled) else f"_seq < {unsettled}"
        return f"{place} where {settled} and coalesce({time}, _seq <= {last})"
    if last == 0 or (kind == "oltp" and not _key(dataset)):
        return None
    if kind == "quarantine":
        return f"{place} where _seq <= {last}"
    keys = ", ".join(map(identifier, _key(dataset)))
    newest = f"select {keys}, max(_seq) as newest from landed where _seq <= {last} group by {keys}"
    # a version is dropped for the one that superseded it before the limit; a delete that is the
    # newest by then has no version left to delete
    return (
        f"{place} join ({newest}) using ({keys}) "
        f"where _seq < newest or (_seq = newest and _op = 'delete')"
    )


def _key(dataset: str) -> tuple[str, ...]:
    """Primary key of an OLTP table, none if it has no contract any more."""
    return _KEYS.get(dataset.partition("/")[2].partition("@")[0], ())
