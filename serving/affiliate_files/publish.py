"""Makes all affiliates' files of a release."""

from __future__ import annotations

from pathlib import Path

import duckdb

from privacy.pseudonym import Keys
from privacy.scan import Progress, check_bytes
from serving.affiliate_files import stage
from serving.affiliate_files.checks import check_stage
from serving.affiliate_files.recipients import FOLDER, Recipient
from serving.affiliate_files.tables import AFFILIATE_TABLES, PSEUDONYM_MAPPING
from serving.affiliate_files.write import Writer
from serving.artefacts import BENCHMARK
from serving.manifest import FileEntry
from serving.store import RELEASE_MODE

_REPORTED_EVERY = 50


def write_affiliate_files(
    connection: duckdb.DuckDBPyConnection,
    recipients: list[Recipient],
    folder: Path,
    spill: Path,
    keys: Keys,
    progress: Progress,
) -> dict[str, FileEntry]:
    """Pseudonymises and checks the rows in the stage, and writes a file for each affiliate.

    Args:
        connection: With the warehouse, and the stage with the recipients' rows loaded.
        recipients: The affiliates that get a file.
        folder: Directory of the release.
        spill: Private directory for temporary files.
        keys: For pseudonyms, and for files if they are to be encrypted.
        progress: Called with the name of each step before it starts.

    Returns:
        The manifest's entry of each file, by its path in the release.

    Raises:
        AffiliateError: a check failed.
    """
    tables = (*AFFILIATE_TABLES, BENCHMARK, *((PSEUDONYM_MAPPING,) if keys.previous else ()))
    stage.pseudonymise(connection, AFFILIATE_TABLES, keys.current, keys.previous, progress)
    passed = check_stage(connection, tables, progress)
    writer = Writer(connection, tables, spill, keys)
    (folder / FOLDER).mkdir(mode=RELEASE_MODE)
    entries = {}
    written = writer.write(recipients, folder, [*passed, "privacy.raw_bytes"])
    for number, (recipient, entry) in enumerate(zip(recipients, written, strict=True)):
        if number % _REPORTED_EVERY == 0:
            progress(f"write files of affiliates, {number} of {len(recipients)} done")
        entries[recipient.path] = entry
    files = {str(r.affiliate_id): folder / r.path for r in recipients}
    check_bytes(connection, files, progress)
    return entries
