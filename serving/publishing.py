"""Publishes a release: build it in its own directory, check it, make it durable, switch to it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import duckdb

from core import sql
from core.disk import is_full
from core.errors import AffiliateError
from core.settings import Settings
from privacy.pseudonym import load_keys
from privacy.scan import Progress, load_personal_values
from serving.affiliate_files import stage
from serving.affiliate_files.publish import write_affiliate_files
from serving.affiliate_files.recipients import Recipient, read_recipients
from serving.affiliate_files.tables import AFFILIATE_TABLES
from serving.artefacts import CUSTOMER_OLAP
from serving.benchmark import attach_previous, check_frozen, fill_benchmark
from serving.internal_file import write_internal_file
from serving.manifest import FileEntry, Release
from serving.marts import Build, read_build
from serving.store import ReleaseStore, release_name
from warehouse.connection import open_warehouse

logger = logging.getLogger(__name__)

_DISK_FULL = (
    "no space left for a new release: the current release is unchanged; "
    "free disk space and publish again"
)


def publish_release(settings: Settings, *, progress: Progress | None, keep: int) -> Release:
    """See `serving.publish`."""
    store = ReleaseStore(settings.releases_path)
    report = progress or logger.info
    with _errors_without_values(), store.writing():
        with store.building() as folder:
            release = _build(settings, folder, store.current(), report)
            report("publish")
            path = store.commit(folder, release.release)
        for name in store.prune(keep):
            logger.info("removed release %s", name)
    return replace(release, path=path)


def _build(settings: Settings, folder: Path, current: Path | None, report: Progress) -> Release:
    """Writes all files and the manifest of a release into `folder`."""
    keys = load_keys(settings)
    with (
        open_warehouse(settings, read_only=True) as connection,
        _spill(connection, folder) as spill,
    ):
        stage.attach(connection, spill / "stage.duckdb")
        has_previous = attach_previous(connection, current)
        build, recipients, skipped = _fill_stage(connection, report, has_previous=has_previous)
        load_personal_values(connection, report)
        files = {
            CUSTOMER_OLAP.path: write_internal_file(connection, build, folder, spill, report),
            **write_affiliate_files(connection, recipients, folder, spill, keys, report),
        }
        versions = _versions(connection)
    if skipped:
        logger.warning("affiliates without a file, because their slug is unusable: %s", skipped)
    created_at = datetime.now(UTC)
    release = Release(
        release=release_name(created_at, _content_hash(files)),
        as_of=build.as_of,
        engine=settings.engine,
        created_at=created_at,
        landing_position=build.landing_position,
        files=files,
        affiliates_without_file=tuple(skipped),
        versions=versions,
        path=folder,
    )
    release.write(folder)
    return release


def _fill_stage(
    connection: duckdb.DuckDBPyConnection, report: Progress, *, has_previous: bool
) -> tuple[Build, list[Recipient], list[int]]:
    """Fills the stage from one snapshot of the warehouse."""
    connection.execute("BEGIN")
    build = read_build(connection)
    recipients, skipped = read_recipients(connection)
    fill_benchmark(connection, has_previous=has_previous)
    if has_previous:
        check_frozen(connection)
    stage.load(connection, recipients, AFFILIATE_TABLES, report)
    connection.execute("COMMIT")
    return build, recipients, skipped


@contextmanager
def _spill(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Path]:
    """A private directory for DuckDB's temporary files and the stage: both hold personal data."""
    spill = folder / ".spill"
    spill.mkdir(mode=0o700)
    connection.execute(f"SET temp_directory = {sql.text(str(spill))}")
    try:
        yield spill
    finally:
        connection.close()
        shutil.rmtree(spill)


def _versions(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    row = connection.execute("SELECT version()").fetchone()
    return {
        "platform": version("affiliate-data-platform"),
        "duckdb": str(row[0]) if row else "",
    }


def _content_hash(files: dict[str, FileEntry]) -> str:
    """The same for the same rows, whatever the time of publication and the engine."""
    parts = [
        f"{path}:{table}:{entry.rows}:{entry.content}"
        for path, file in sorted(files.items())
        for table, entry in sorted(file.tables.items())
    ]
    return sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def _errors_without_values() -> Iterator[None]:
    """Replaces errors of the disk and of DuckDB, whose texts may contain values of rows."""
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
            f"the release cannot be built: DuckDB raised {type(error).__name__}"
        ) from None
