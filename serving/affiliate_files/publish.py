"""Makes all affiliates' files of a release."""

from __future__ import annotations

from pathlib import Path

import duckdb

from serving.affiliate_files import checks, stage
from serving.affiliate_files.recipients import FOLDER, Recipient
from serving.affiliate_files.tables import AFFILIATE_TABLES
from serving.affiliate_files.write import Writer
from serving.cut import Progress
from serving.manifest import FileEntry
from serving.privacy import check_bytes
from serving.store import RELEASE_MODE

_REPORTED_EVERY = 50


def write_files(
    connection: duckdb.DuckDBPyConnection,
    recipients: list[Recipient],
    aside: Path,
    keys: tuple[bytes, bytes | None],
    progress: Progress,
) -> dict[str, FileEntry]:
    """Pseudonymises and checks what was gathered in the stage, and writes a file for each.

    Args:
        connection: With the warehouse, and the stage with the recipients' rows gathered.
        recipients: Who gets a file.
        aside: Directory of the release.
        keys: The platform's key, and the one before it while a rotation lasts.
        progress: Called with each step before it starts.

    Returns:
        What the manifest says of each file, by its path in the release.

    Raises:
        AffiliateError: a check failed.
    """
    stage.pseudonymise(connection, AFFILIATE_TABLES, *keys, progress)
    passed = checks.check(connection, AFFILIATE_TABLES, progress)
    writer = Writer(connection, AFFILIATE_TABLES)
    (aside / FOLDER).mkdir(mode=RELEASE_MODE)
    entries = {}
    for number, recipient in enumerate(recipients):
        if number % _REPORTED_EVERY == 0:
            progress(f"write files of affiliates, {number} of {len(recipients)} done")
        names = [*passed, "privacy.raw_bytes"]
        entries[recipient.path] = writer.write(recipient, aside / recipient.path, names, None)
    files = {str(r.affiliate_id): aside / r.path for r in recipients}
    check_bytes(connection, files, progress)
    return entries
