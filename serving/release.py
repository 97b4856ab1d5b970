"""Publishes a release: built aside, checked, made durable, then switched to in one step."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256 as digest
from importlib.metadata import version
from pathlib import Path

import duckdb

from ingestion.errors import AffiliateError
from ingestion.landing.durable import sync
from ingestion.settings import Settings
from ingestion.warehouse.connection import open_warehouse
from serving import sql
from serving.artefacts import ARTEFACTS, Artefact
from serving.checks import check_as_of, check_keys, describe_tables
from serving.cut import RELEASE, Progress, cut
from serving.durable import sha256
from serving.manifest import FileEntry, Release
from serving.privacy import check_privacy
from serving.store import FILE_MODE, ReleaseStore, release_name

logger = logging.getLogger(__name__)

KEEP_RELEASES = 5
_DISK_FULL = "no space left for a release: the last one is untouched; free space and publish again"
_NO_SPACE = tuple(map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)))


def publish(
    settings: Settings,
    as_of: datetime,
    *,
    progress: Progress | None = None,
    keep: int = KEEP_RELEASES,
) -> Release:
    """Cuts a release from the warehouse's marts and makes it the current one.

    Args:
        settings: Engine, warehouse, and where releases are.
        as_of: The instant the marts were built for.
        progress: Called with each step before it starts.
        keep: How many of the newest releases stay; the current one always does.

    Returns:
        The release, which is now current.

    Raises:
        AffiliateError: a check failed, the disk is full, or another process publishes. The
            current release is what it was and nothing is left behind.
        ConfigurationError: there is no warehouse, or its server is unreachable.
    """
    store = ReleaseStore(settings.releases_path)
    report = progress or logger.info
    with _one_clear_line(), store.writing():
        with store.aside() as aside:
            release = _build(settings, as_of, aside, report)
            report("publish")
            path = store.commit(aside, release.release)
        for name in store.prune(keep):
            logger.info("removed release %s", name)
    return Release(**{**vars(release), "path": path})


def built_as_of(settings: Settings) -> datetime | None:
    """The instant the warehouse's marts were built for; None if they hold nobody.

    Raises:
        AffiliateError: there are no marts.
        ConfigurationError: there is no warehouse, or its server is unreachable.
    """
    with _one_clear_line(), open_warehouse(settings, read_only=True) as connection:
        try:
            row = connection.execute("SELECT max(age_as_of) FROM wh.marts.customer").fetchone()
        except duckdb.CatalogException:
            raise AffiliateError("there are no marts yet: run `affiliate build` first") from None
    return row[0] if row else None


def _build(settings: Settings, as_of: datetime, aside: Path, report: Progress) -> Release:
    with open_warehouse(settings, read_only=True) as connection, _spill(connection, aside):
        built = [_build_file(connection, artefact, as_of, aside, report) for artefact in ARTEFACTS]
        versions = _versions(connection)
    positions = [position for _, position in built if position is not None]
    files = {artefact.path: entry for artefact, (entry, _) in zip(ARTEFACTS, built, strict=True)}
    created_at = datetime.now(UTC)
    release = Release(
        release=release_name(created_at, _content_id(files)),
        as_of=as_of,
        engine=settings.engine,
        created_at=created_at,
        landing_position=min(positions, default=None),
        files=files,
        versions=versions,
        path=aside,
    )
    release.write(aside)
    return release


def _build_file(
    connection: duckdb.DuckDBPyConnection,
    artefact: Artefact,
    as_of: datetime,
    aside: Path,
    report: Progress,
) -> tuple[FileEntry, int | None]:
    path = aside / artefact.path
    position = cut(connection, artefact, path, report)
    path.chmod(FILE_MODE)
    connection.execute(f"ATTACH {sql.text(str(path))} AS {RELEASE} (READ_ONLY)")
    report("check keys")
    check_keys(connection, artefact)
    check_as_of(connection, as_of)
    checks = ["keys", "as_of", *check_privacy(connection, artefact, path, report)]
    tables = describe_tables(connection, artefact)
    connection.execute(f"DETACH {RELEASE}")
    sync(path)
    return FileEntry(sha256(path), path.stat().st_size, tables, tuple(checks)), position


@contextmanager
def _spill(connection: duckdb.DuckDBPyConnection, aside: Path) -> Iterator[None]:
    """Lets DuckDB spill into the private directory: what it spills may be personal."""
    folder = aside / ".spill"
    folder.mkdir(mode=0o700)
    connection.execute(f"SET temp_directory = {sql.text(str(folder))}")
    try:
        yield
    finally:
        connection.close()
        shutil.rmtree(folder)


def _versions(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    row = connection.execute("SELECT version()").fetchone()
    return {
        "platform": version("affiliate-data-platform"),
        "duckdb": str(row[0]) if row else "",
    }


def _content_id(files: dict[str, FileEntry]) -> str:
    """The same for the same rows, whenever and from whichever engine they were published."""
    parts = [
        f"{path}:{table}:{entry.rows}:{entry.content}"
        for path, file in sorted(files.items())
        for table, entry in sorted(file.tables.items())
    ]
    return digest("\n".join(parts).encode()).hexdigest()


@contextmanager
def _one_clear_line() -> Iterator[None]:
    """Turns what the disk and DuckDB raise into one line; their texts may hold row values."""
    try:
        yield
    except OSError as error:
        if error.strerror in _NO_SPACE:
            raise AffiliateError(_DISK_FULL) from None
        raise AffiliateError(f"the release cannot be written: {error.strerror}") from None
    except duckdb.Error as error:
        if any(reason in str(error) for reason in _NO_SPACE):
            raise AffiliateError(_DISK_FULL) from None
        raise AffiliateError(
            f"the release cannot be built: DuckDB reports a {type(error).__name__}"
        ) from None
