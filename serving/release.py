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

from core import sql
from core.disk import is_full
from core.durable_files import sync
from core.errors import AffiliateError
from core.settings import Settings
from privacy.pseudonym import load_keys
from privacy.scan import Progress, check_privacy
from privacy.scan import gather as gather_known
from privacy.scan.location import Location
from serving.affiliate_files import stage
from serving.affiliate_files.publish import write_files
from serving.affiliate_files.recipients import Recipient, read_recipients
from serving.affiliate_files.tables import AFFILIATE_TABLES
from serving.artefacts import BENCHMARK, CUSTOMER_OLAP
from serving.benchmark import attach_before, check_frozen, settle
from serving.build import Build, read_build
from serving.checks import check_keys, describe_tables
from serving.cut import RELEASE, cut
from serving.durable import sha256
from serving.file_writer import SCHEMA
from serving.manifest import FileEntry, Release
from serving.relations import mart
from serving.store import FILE_MODE, ReleaseStore, release_name
from warehouse.connection import open_warehouse

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
            release = _build(settings, aside, store.current(), report)
            report("publish")
            path = store.commit(aside, release.release)
        for name in store.prune(keep):
            logger.info("removed release %s", name)
    return Release(**{**vars(release), "path": path})


def _build(settings: Settings, aside: Path, current: Path | None, report: Progress) -> Release:
    keys = load_keys(settings)
    with open_warehouse(settings, read_only=True) as connection, _spill(connection, aside) as spill:
        stage.attach(connection, spill / "stage.duckdb")
        has_before = attach_before(connection, current)
        build, recipients, refused = _gather(connection, report, has_before=has_before)
        gather_known(connection, report)
        files = {CUSTOMER_OLAP.path: _write_internal(connection, build, aside, spill, report)}
        files |= write_files(connection, recipients, aside, spill, keys, report)
        versions = _versions(connection)
    if refused:
        logger.warning("affiliates without a file, for want of a usable slug: %s", refused)
    created_at = datetime.now(UTC)
    release = Release(
        release=release_name(created_at, _content_id(files)),
        as_of=build.as_of,
        engine=settings.engine,
        created_at=created_at,
        landing_position=build.landing_position,
        files=files,
        affiliates_without_file=tuple(refused),
        versions=versions,
        path=aside,
    )
    release.write(aside)
    return release


def _gather(
    connection: duckdb.DuckDBPyConnection, report: Progress, *, has_before: bool
) -> tuple[Build, list[Recipient], list[int]]:
    """Fills the stage from one snapshot of the warehouse."""
    connection.execute("BEGIN")
    build = read_build(connection)
    recipients, refused = read_recipients(connection)
    settle(connection, has_before=has_before)
    if has_before:
        check_frozen(connection, Location(mart(BENCHMARK).rpartition(".")[0]))
    stage.gather(connection, recipients, AFFILIATE_TABLES, report)
    connection.execute("COMMIT")
    return build, recipients, refused


def _write_internal(
    connection: duckdb.DuckDBPyConnection,
    build: Build,
    aside: Path,
    spill: Path,
    report: Progress,
) -> FileEntry:
    path = aside / CUSTOMER_OLAP.path
    if cut(connection, CUSTOMER_OLAP, path, spill, report) != build:
        raise AffiliateError("the marts were built anew meanwhile: publish again")
    path.chmod(FILE_MODE)
    connection.execute(f"ATTACH {sql.text(str(path))} AS {RELEASE} (READ_ONLY)")
    report("check keys")
    place = Location(f"{RELEASE}.{SCHEMA}")
    check_keys(connection, CUSTOMER_OLAP.tables, place)
    checks = [
        "keys",
        "frozen",
        *check_privacy(connection, CUSTOMER_OLAP.tables, place, path, report),
    ]
    tables = describe_tables(connection, CUSTOMER_OLAP.tables, place)
    connection.execute(f"DETACH {RELEASE}")
    sync(path)
    return FileEntry(sha256(path), path.stat().st_size, tables, tuple(checks))


@contextmanager
def _spill(connection: duckdb.DuckDBPyConnection, aside: Path) -> Iterator[Path]:
    """A private directory for what DuckDB spills and for the stage: both are personal."""
    folder = aside / ".spill"
    folder.mkdir(mode=0o700)
    connection.execute(f"SET temp_directory = {sql.text(str(folder))}")
    try:
        yield folder
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
