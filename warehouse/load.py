"""Load landed rows into the warehouse's raw tables, each exactly once.

Rows and the name of their file are inserted in one transaction of the target, so the next load
completes a killed one. If a file replaced others, only rows that were not loaded from those are
inserted. A raw table with rows that were dropped or held since is reloaded. A warehouse that was
lost, or that belongs to another landing zone or to older contracts, is rebuilt from the files.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass

import duckdb

from contracts import ledgers, tables, topics
from contracts.ledgers import LedgerSpec
from contracts.tables import TableSpec
from contracts.topics import TopicSpec
from core.disk import is_full
from core.errors import AffiliateError
from core.secret_key import generated_key
from core.settings import Settings
from ingestion.landing import LandingZone, tombstones
from ingestion.landing.checksum import verify_checksum
from ingestion.landing.scan import scan_files
from warehouse import erased, loaded, raw
from warehouse.connection import ALIAS, open_warehouse
from warehouse.plan import FilePart, is_foreign, outdated, parts
from warehouse.select import MESSAGE, ORIGIN, event_rows, ledger_rows, table_rows

logger = logging.getLogger(__name__)

Spec = TableSpec | TopicSpec | LedgerSpec


@dataclass(frozen=True)
class LoadReport:
    """Result of a load.

    Attributes:
        files: Number of files from which rows were loaded.
        rows: Raw table → number of rows loaded.
        rebuilt: Whether raw tables were dropped or emptied first.
    """

    files: int
    rows: dict[str, int]
    rebuilt: bool


def load(settings: Settings, zone: LandingZone) -> LoadReport:
    """Load all landed rows that are not in the warehouse yet; create all raw tables.

    A dataset with held rows is loaded only up to them until they are accepted.

    Args:
        settings: Settings of the platform.
        zone: The landing zone.

    Raises:
        ConfigurationError: the warehouse's server is unreachable.
        AffiliateError: a file differs from its checksum (nothing is loaded), another process uses
            the warehouse, or it refused the rows.
    """
    with open_warehouse(settings) as connection, zone.reading():
        try:
            rebuilt = _prepare(connection, settings, zone)
            raw.set_salt(connection, generated_key(settings.home, raw.SALT_KEY).hex())
            pending = _known(parts(zone.state(), loaded.read(connection)))
            for _, part in pending:
                verify_checksum(zone, part.file)
            rows = Counter[str]()
            for spec, part in pending:
                rows[spec.raw_table] += _load(connection, zone, spec, part)
            erased.fill(connection, settings, zone)
        except duckdb.Error as error:
            if is_full(error):
                raise AffiliateError(
                    "the disk is full: the warehouse is unchanged; free disk space and run again"
                ) from None
            # the original text may repeat values
            raise AffiliateError(
                f"the warehouse refused the landed rows ({type(error).__name__}): "
                "earlier rows are unchanged; run again"
            ) from None
    files = sum(bool(part.fresh) for _, part in pending)
    logger.info("%d files loaded, %d rows", files, rows.total())
    return LoadReport(files, dict(+rows), rebuilt)


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Settings, zone: LandingZone) -> bool:
    """Create the raw tables; return whether tables that do not fit the zone were emptied."""
    connection.begin()
    raw.create(connection, settings)
    connection.commit()
    fits = raw.has_the_contracts_columns(connection)
    present = loaded.read(connection) if fits else []
    if not fits or is_foreign(zone.state(), present):
        logger.warning("the warehouse does not fit the landing zone: its raw tables are rebuilt")
        connection.begin()
        raw.drop(connection, settings)
        raw.create(connection, settings)
        connection.commit()
        return True
    stale = {spec.raw_table for spec in map(_spec, outdated(zone.state(), present)) if spec}
    for table in sorted(stale):
        logger.warning("raw.%s has rows that were dropped or held since: it is reloaded", table)
        paths = {row.path for row in present}
        connection.begin()
        raw.truncate(connection, settings, table)
        loaded.remove(connection, [path for path in paths if _raw_table(path) == table])
        connection.commit()
    return bool(stale)


def _load(
    connection: duckdb.DuckDBPyConnection,
    zone: LandingZone,
    spec: Spec,
    part: FilePart,
) -> int:
    """Insert a file's new rows and list it, in one transaction; return their number."""
    rows = f"({scan_files(zone, [(part.number, part.file)], _columns(spec))})"
    counts = dict.fromkeys(part.fresh | part.known, 0)
    counts.update(connection.execute(f"select _seq, count(*) from {rows} group by _seq").fetchall())
    connection.begin()
    if part.fresh:
        numbers = ", ".join(map(str, sorted(part.fresh)))
        fresh = f"(from {rows} where _seq in ({numbers}))"
        select = _select(spec, fresh)
        connection.execute(f"insert into {ALIAS}.{raw.SCHEMA}.{spec.raw_table} {select}")
    loaded.remove(connection, part.replaced)
    entries = zone.state().entries
    listed = {number: (counts[number], entries[number - 1]) for number in part.fresh | part.known}
    loaded.add(connection, part.file, listed)
    connection.commit()
    return sum(counts[number] for number in part.fresh)


def _columns(spec: Spec) -> tuple[str, ...]:
    """Return the columns of a landed file that its raw table needs."""
    if isinstance(spec, TopicSpec):
        return MESSAGE
    if isinstance(spec, LedgerSpec):
        return tuple(name for name, _ in spec.columns)
    return (*(name for name, _ in spec.all_columns), *ORIGIN)


def _select(spec: Spec, rows: str) -> str:
    if isinstance(spec, TopicSpec):
        return event_rows(rows)
    return ledger_rows(spec, rows) if isinstance(spec, LedgerSpec) else table_rows(spec, rows)


def _known(found: list[FilePart]) -> list[tuple[Spec, FilePart]]:
    """Return the parts with a contract."""
    known = []
    for part in found:
        if spec := _spec(part.file.dataset):
            known.append((spec, part))
        elif part.file.dataset != tombstones.DATASET:
            logger.warning("%s no longer has a contract and is not loaded", part.file.dataset)
    return known


def _spec(dataset: str) -> Spec | None:
    return topics.of_dataset(dataset) or ledgers.of_dataset(dataset) or tables.of_dataset(dataset)


def _raw_table(path: str) -> str | None:
    spec = _spec(path.rpartition("/")[0])
    return spec.raw_table if spec else None
