"""Releases: published from the warehouse's marts, checked, stored, and opened for reading.

Other packages import from here and from no module below. Plain Python: no Dagster here, and no
business rules (those are SQL in `dbt_project/`).
"""

from __future__ import annotations

from collections.abc import Callable

from core.settings import Settings
from serving.affiliate_files.key import FileKey, reader_key
from serving.affiliate_files.recipients import affiliate_path, affiliate_slugs
from serving.affiliate_files.tables import AFFILIATE, AFFILIATE_ID, AFFILIATE_TABLES, CONTACTS
from serving.artefacts import CUSTOMER_OLAP, ReleaseTable
from serving.manifest import FileEntry, Release, read_release
from serving.query import open_release, run_query
from serving.store import ReleaseStore, current_release, published_releases, remove_releases
from serving.uniqueness import Uniqueness, measure_uniqueness

__all__ = [
    "AFFILIATE",
    "AFFILIATE_ID",
    "AFFILIATE_TABLES",
    "CONTACTS",
    "CUSTOMER_OLAP",
    "FileEntry",
    "FileKey",
    "Release",
    "ReleaseStore",
    "ReleaseTable",
    "Uniqueness",
    "affiliate_path",
    "affiliate_slugs",
    "current_release",
    "measure_uniqueness",
    "open_release",
    "publish",
    "published_releases",
    "read_release",
    "reader_key",
    "remove_releases",
    "run_query",
]

#: Number of releases that `publish` keeps.
KEEP_RELEASES = 5


def publish(
    settings: Settings,
    *,
    progress: Callable[[str], None] | None = None,
    keep: int = KEEP_RELEASES,
) -> Release:
    """Builds a release from the warehouse's marts, checks it, and makes it the current one.

    Args:
        settings: The engine, the warehouse, and the directory of releases.
        progress: Called with the name of each step before it starts.
        keep: How many of the newest releases to keep. The current one is always kept.

    Returns:
        The new current release.

    Raises:
        AffiliateError: a check failed, the disk is full, or another process is publishing. The
            current release is unchanged, and nothing is left behind.
        ConfigurationError: there is no warehouse, or its server is unreachable.
    """
    # imported here: only publishing needs NumPy and Arrow, and they take time to load
    from serving.publishing import publish_release

    return publish_release(settings, progress=progress, keep=keep)
