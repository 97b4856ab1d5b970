"""The affiliates that get a file: active ones whose slug is usable as a file name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core import sql
from core.errors import AffiliateError, ConfigurationError
from warehouse.connection import ALIAS

FOLDER = "affiliates"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class Recipient:
    """An affiliate that gets a file."""

    affiliate_id: int
    slug: str

    @property
    def path(self) -> str:
        """Path of its file inside the release."""
        return affiliate_path(self.slug)


def affiliate_path(slug: str) -> str:
    """Path of an affiliate's file inside a release.

    Raises:
        ConfigurationError: the slug is invalid and could lead to another path.
    """
    if not _SLUG.fullmatch(slug):
        raise ConfigurationError(
            "an affiliate's slug is 1 to 63 of a-z, 0-9, - and _, and begins with a letter or digit"
        )
    return f"{FOLDER}/{slug}.duckdb"


def affiliate_slugs(release: Path) -> tuple[str, ...]:
    """Slugs of the affiliates that have a file in the release, sorted."""
    return tuple(sorted(path.stem for path in (release / FOLDER).glob("*.duckdb")))


def read_recipients(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[list[Recipient], list[int]]:
    """The active affiliates, and the IDs of those that get no file because of their slug.

    An invalid slug, or one that two affiliates share, must not stop the others.

    Raises:
        AffiliateError: the warehouse has no table of affiliates.
    """
    try:
        affiliates = f"{ALIAS}.staging.stg_oltp__affiliates"
        query = sql.load(__package__, "recipients", affiliates=affiliates)
        rows = connection.execute(query).fetchall()
    except duckdb.CatalogException:
        raise AffiliateError(
            "the warehouse has no affiliates: run `affiliate build` first"
        ) from None
    uses = Counter(slug for _, slug in rows)
    usable = [_SLUG.fullmatch(slug) is not None and uses[slug] == 1 for _, slug in rows]
    recipients = [Recipient(*row) for row, fits in zip(rows, usable, strict=True) if fits]
    skipped = [row[0] for row, fits in zip(rows, usable, strict=True) if not fits]
    return recipients, skipped
