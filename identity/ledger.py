"""Land what a build adds to the identity ledger: customer IDs, their events and edges.

All of it becomes durable in one manifest entry, before anything with these IDs is published. After
a crash the next build makes the same decisions from the same landed rows. The ledger is
append-only: a build for an instant before its newest row adds nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from contracts.ledgers import ASSIGNMENTS, BUILT, INVOCATION, LedgerSpec
from core import sql
from core.errors import AffiliateError
from core.settings import Settings
from identity.summary import Summary, summarise
from ingestion.landing import Batch, Counts, LandingZone, parquet
from ingestion.landing.manifest import LEDGER
from warehouse.connection import ALIAS, open_warehouse

logger = logging.getLogger(__name__)

SOURCE = "identity"
CHUNK_ROWS = 100_000


@dataclass(frozen=True)
class LedgerReport:
    """What a build added to the ledger.

    Attributes:
        rows: Dataset → number of rows landed; zero if nothing changed, the build was landed
            before, or it is for an instant before the newest landed one.
        manifest_entry: Number of the manifest entry; None if nothing was landed.
        summary: Numbers of the build.
    """

    rows: Mapping[str, int]
    manifest_entry: int | None
    summary: Summary


@dataclass(frozen=True)
class _Build:
    position: int
    invocation_id: str
    is_for_the_past: bool


def land(settings: Settings, zone: LandingZone) -> LedgerReport:
    """Land what the build in the warehouse adds, unless it was landed already or is for the past.

    Args:
        settings: Settings of the platform.
        zone: The landing zone.

    Raises:
        ConfigurationError: the warehouse does not exist, or its server is unreachable.
        AffiliateError: the warehouse has no complete build, or one without the newest IDs; nothing
            was landed.
    """
    with open_warehouse(settings, read_only=True) as connection, zone.batch(SOURCE) as batch:
        # a snapshot of all models, even if another build runs at the same time
        connection.begin()
        build = _read_build(connection)
        summary = summarise(connection)
        if _was_landed(zone, batch, build) or build.is_for_the_past:
            return LedgerReport(dict.fromkeys(_names(), 0), None, summary)
        rows = {spec.dataset: _write(connection, batch, spec, build) for spec in BUILT}
        entry = batch.commit()
    logger.info("%d rows of the identity ledger landed", sum(rows.values()))
    return LedgerReport(rows, entry.number if entry else None, summary)


def _read_build(connection: duckdb.DuckDBPyConnection) -> _Build:
    try:
        query = sql.load(
            __package__,
            "build",
            assignments=f"{ALIAS}.raw.identity_assignments",
            build=f"{ALIAS}.meta.build",
        )
        row = connection.execute(query).fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None:
        raise AffiliateError(
            "the customers are not from one complete and tested build: run `affiliate build` first"
        )
    return _Build(*row)


def _was_landed(zone: LandingZone, batch: Batch, build: _Build) -> bool:
    """Return whether the build's rows are landed; newer rows of another build are an error."""
    names = _names()
    newest = max((e.number for e in zone.entries() if names & e.sources_read()), default=0)
    if newest <= build.position:
        return False
    position = batch.position(ASSIGNMENTS.dataset) or {}
    if position.get("invocation_id") != build.invocation_id:
        raise AffiliateError(
            "the ledger has IDs that the warehouse does not have yet: run `affiliate build` first"
        )
    return True


def _write(
    connection: duckdb.DuckDBPyConnection, batch: Batch, spec: LedgerSpec, build: _Build
) -> int:
    model = f"{ALIAS}.identity.{spec.model}"
    (expected,) = connection.execute(f"select count(*) from {model}").fetchone() or (0,)
    columns = [
        "$invocation_id as invocation_id" if (name, kind) == INVOCATION else f"{name}::{kind}"
        for name, kind in spec.columns
    ]
    found = connection.execute(
        f"select {', '.join(columns)} from {model}", {"invocation_id": build.invocation_id}
    ).to_arrow_reader(CHUNK_ROWS)
    schema = spec.schema
    chunks = (chunk.rename_columns(schema.names).cast(schema) for chunk in found)
    written = parquet.write(batch.stage(spec.dataset), schema, chunks)
    counts = Counts(LEDGER, rows_read=expected, rows_landed=written)
    batch.record(spec.dataset, counts, {"invocation_id": build.invocation_id})
    return written


def _names() -> set[str]:
    return {spec.dataset for spec in BUILT}
