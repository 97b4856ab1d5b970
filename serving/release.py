"""Publishes a release: built aside, checked, made durable, then switched to in one step."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256 as digest
from importlib.metadata import version
from pathlib import Path

import duckdb

from ingestion.disk import is_full
from ingestion.errors import AffiliateError
from ingestion.landing.durable import sync
from ingestion.settings import Settings
from ingestion.warehouse.connection import open_warehouse
from serving import sql
from serving.artefacts import ARTEFACTS, Artefact
from serving.build import Build
from serving.checks import check_keys, describe_tables
from serving.cut import RELEASE, Progress, cut
from serving.durable import sha256
from serving.manifest import FileEntry, Release
from serving.privacy import check_privacy
from serving.store import FILE_MODE, ReleaseStore, release_name

logger = logging.getLogger(__name__)

KEEP_RELEASES = 5
_DISK_FULL = "no space left for a release: the last one is untouched; free space and publish again"


def publish(
    settings: Settings,
    *,
    progress: Progress | None = None,
    keep: int = KEEP_RELEASES,
) -> Release:
    """Cuts a release from the warehouse's marts and makes it the current one.

    Args:
        settings: Engine, warehouse, and where releases are.
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
            release = _build(settings, aside, report)
            report("publish")
            path = store.commit(aside, release.release)
        for name in store.prune(keep):
            logger.info("removed release %s", name)
    return Release(**{**vars(release), "path": path})


def _build(settings: Settings, aside: Path, report: Progress) -> Release:
    with open_warehouse(settings, read_only=True) as connection, _spill(connection, aside):
        built = [_build_file(connection, artefact, aside, report) for artefact in ARTEFACTS]
        versions = _versions(connection)
    builds = {build for _, build in built}
    if len(builds) > 1:
        raise AffiliateError("the marts were built anew meanwhile: publish again")
    build = builds.pop()
    files = {artefact.path: entry for artefact, (entry, _) in zip(ARTEFACTS, built, strict=True)}
    created_at = datetime.now(UTC)
    release = Release(
        release=release_name(created_at, _content_id(files)),
        as_of=build.as_of,
        engine=settings.engine,
        created_at=created_at,
        landing_position=build.landing_position,
        files=files,
        versions=versions,
        path=aside,
    )
    release.write(aside)
    return release


def _build_file(
    connection: duckdb.DuckDBPyConnection,
    artefact: Artefact,
    aside: Path,
    report: Progress,
) -> tuple[FileEntry, Build]:
    path = aside / artefact.path
    build = cut(connection, artefact, path, report)
    path.chmod(FILE_MODE)
    connection.execute(f"ATTACH {sql.text(str(path))} AS {RELEASE} (READ_ONLY)")
    report("check keys")
    check_keys(connection, artefact)
    checks = ["keys", *check_privacy(connection, artefact, path, report)]
    tables = describe_tables(connection, artefact)
    connection.execute(f"DETACH {RELEASE}")
    sync(path)
    return FileEntry(sha256(path), path.stat().st_size, tables, tuple(checks)), build


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
        if is_full(error):
            raise AffiliateError(_DISK_FULL) from None
        raise AffiliateError(f"the release cannot be written: {error.strerror}") from None
    except duckdb.Error as error:
        if is_full(error):
            raise AffiliateError(_DISK_FULL) from None
        raise AffiliateError(
            f"the release cannot be built: DuckDB reports a {type(error).__name__}"
        ) from None
