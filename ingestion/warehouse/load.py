"""Brings landed files into the warehouse's raw tables, each exactly once.

Rows and the name of their file are inserted in one transaction of the target, so a killed load is
finished by the next one. A warehouse that was lost, or that belongs to another landing zone or to
older contracts, is rebuilt from the files.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import duckdb

from ingestion.contracts.tables import TABLES
from ingestion.contracts.topics import TOPICS, TopicSpec
from ingestion.disk import is_full
from ingestion.errors import AffiliateError
from ingestion.landing import LandedFile, LandingZone, parquet
from ingestion.settings import Settings
from ingestion.warehouse import raw
from ingestion.warehouse.connection import ALIAS, open_warehouse, quote
from ingestion.warehouse.select import event_rows, table_rows

logger = logging.getLogger(__name__)

_TABLES = {spec.qualified: spec for spec in TABLES}
_TOPICS = {spec.dataset: spec for spec in TOPICS}


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    Attributes:
        files: Files loaded now.
        rows: Rows loaded now, per raw table.
        rebuilt: Whether the raw tables were dropped first.
    """

    files: int
    rows: dict[str, int]
    rebuilt: bool


def load(settings: Settings, zone: LandingZone) -> LoadReport:
    """Loads every landed file that the warehouse does not hold yet; creates all raw tables.

    Args:
        settings: Engine, and where its warehouse is.
        zone: Where the files are.

    Raises:
        ConfigurationError: the warehouse's server is unreachable.
        AffiliateError: a file differs from its checksum (nothing is loaded), the warehouse is held
            by another process, or it refused the rows.
    """
    with open_warehouse(settings) as connection:
        try:
            rebuilt = _prepare(connection, settings, zone)
            fresh = _fresh(connection, zone)
            for _, file in fresh:
                _verify(zone, file)
            rows = _load(connection, zone, fresh)
        except duckdb.Error as error:
            if is_full(error):
                raise AffiliateError(
                    "the disk is full: the warehouse holds what it held; free space and run again"
                ) from None
            # the original text may repeat values
            raise AffiliateError(
                f"the warehouse refused the landed rows ({type(error).__name__}): "
                "what was loaded before is untouched; run again"
            ) from None
    logger.info("%d files loaded, %d rows", len(fresh), sum(rows.values()))
    return LoadReport(len(fresh), rows, rebuilt)


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Settings, zone: LandingZone) -> bool:
    """Makes the raw tables those of this zone and these contracts; says if it had to drop them."""
    connection.begin()
    raw.create(connection, settings)
    connection.commit()
    landed = {file.path: file.sha256 for entry in zone.entries() for file in entry.files}
    known = all(landed.get(path) == sha256 for path, sha256 in _loaded(connection))
    if known and raw.has_the_contracts_columns(connection):
        return False
    logger.warning("the warehouse does not fit the landing zone: its raw tables are rebuilt")
    connection.begin()
    raw.drop(connection, settings)
    raw.create(connection, settings)
    connection.commit()
    return True


def _loaded(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(f"select path, sha256 from {ALIAS}.raw.{raw.LOADED}").fetchall()


def _fresh(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone
) -> list[tuple[int, LandedFile]]:
    """(entry number, data file) of what is not loaded yet, oldest first."""
    loaded = {path for path, _ in _loaded(connection)}
    return [
        (entry.number, file)
        for entry in zone.entries()
        for file in entry.files
        if file.kind == "data" and file.path not in loaded
    ]


def _verify(zone: LandingZone, file: LandedFile) -> None:
    path = zone.path(file)
    if not path.exists():
        raise AffiliateError(
            f"{path} is in the manifest but not on disk: restore it; nothing loaded"
        )
    if parquet.sha256(path) != file.sha256:
        raise AffiliateError(
            f"{path} is damaged (its sha256 is not the manifest's): restore it; nothing was loaded"
        )


def _load(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, fresh: list[tuple[int, LandedFile]]
) -> dict[str, int]:
    rows: dict[str, int] = {}
    for number, file in fresh:
        spec = _TOPICS.get(file.dataset) or _TABLES.get(file.dataset.partition("/")[2])
        if spec is None:
            logger.warning("%s has no contract any more and is not loaded", file.dataset)
            continue
        path = zone.path(file)
        scan = f"read_parquet('{quote(str(path))}')"
        if isinstance(spec, TopicSpec):
            select = event_rows(scan, number)
        else:
            select = table_rows(spec, scan, parquet.columns(path), number)
        connection.begin()
        connection.execute(f"insert into {ALIAS}.raw.{spec.raw_table} {select}")
        connection.execute(
            f"insert into {ALIAS}.raw.{raw.LOADED} values (?, ?, ?, ?)",
            [file.path, file.sha256, file.rows, number],
        )
        connection.commit()
        rows[spec.raw_table] = rows.get(spec.raw_table, 0) + file.rows
    return rows
