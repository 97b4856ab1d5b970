"""The key of an affiliate's encrypted file."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import unknown
from core.settings import Settings
from privacy.pseudonym import file_key, load_key
from serving.affiliate_files.recipients import affiliate_path, affiliate_slugs
from serving.manifest import read_release
from serving.store import current_release


@dataclass(frozen=True)
class FileKey:
    """The key of one affiliate's file.

    Attributes:
        affiliate: Slug.
        key: In hex, as DuckDB takes it.
        encrypted: Whether the file of the current release is encrypted.
    """

    affiliate: str
    key: str
    encrypted: bool


def reader_key(settings: Settings, affiliate: str) -> FileKey:
    """The key of an affiliate's file in the current release.

    Raises:
        ConfigurationError: there is no release, or it has no file for this affiliate.
    """
    folder = current_release(settings)
    entry = read_release(folder).files.get(affiliate_path(affiliate))
    if entry is None or entry.affiliate_id is None:
        raise unknown("file of affiliate", affiliate, affiliate_slugs(folder))
    return FileKey(affiliate, file_key(load_key(settings), entry.affiliate_id), entry.encrypted)
