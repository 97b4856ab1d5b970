"""Writes the affiliates' files: each is a new database with one affiliate's rows of the stage."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from core import sql
from core.duckdb_process import execute
from core.duckdb_session import load_extension
from core.durable_files import sha256, sync
from core.errors import AffiliateError
from privacy.pseudonym import Keys, file_key
from privacy.scan import Location, check_contents
from serving.affiliate_files.checks import LOCATION
from serving.affiliate_files.recipients import Recipient
from serving.affiliate_files.tables import AFFILIATE, AFFILIATE_ID
from serving.artefacts import ReleaseTable
from serving.checks import describe_groups
from serving.file_writer import (
    CREATE_SCHEMA,
    RELEASE,
    SCHEMA,
    TARGET,
    comment_statements,
    create_table,
    export,
    file_statements,
    insert,
    plain_options,
    write_file,
)
from serving.manifest import FileEntry, TableEntry
from serving.marts import read_comments
from serving.store import FILE_MODE

_TEMPLATE = "template"
#: The first storage version with encryption.
ENCRYPTED_STORAGE_VERSION = "v1.4.0"
#: Each column of a table uses its own blocks, per group of so many rows. With DuckDB's default
#: block size a file of ten customers would have 4 MB.
BLOCK_BYTES, SMALL_BLOCK_BYTES, ROWS_PER_GROUP = 262_144, 16_384, 122_880
#: Files that are written at the same time, each by its own process.
WRITERS = min(os.cpu_count() or 1, 4)
#: By table, then by affiliate.
Expected = Mapping[str, Mapping[tuple[object, ...], TableEntry]]


class Writer:
    """Exports files from the stage.

    Args:
        connection: With the checked stage attached.
        tables: The tables of a file.
        spill: Private directory for temporary files.
        keys: For files that are to be encrypted.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Sequence[ReleaseTable],
        spill: Path,
        keys: Keys,
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._spill = spill
        self._keys = keys
        self._expected: Expected = {
            table.name: describe_groups(connection, table, LOCATION) for table in tables
        }
        self._setup = [self._make_template()]
        if keys.encrypting:
            self._setup.append(load_extension("httpfs"))
            connection.execute(load_extension("httpfs"))

    def write(
        self, recipients: Sequence[Recipient], release: Path, checks: Sequence[str]
    ) -> Iterator[FileEntry]:
        """Writes the affiliates' files, and reads each again to compare it with the stage.

        Args:
            recipients: The affiliates.
            release: Directory of the release.
            checks: Names of the checks that the rows passed in the stage.

        Yields:
            The manifest's entry of each file, in order.

        Raises:
            AffiliateError: the content of a file differs from the checked rows.
        """
        with ThreadPoolExecutor(WRITERS) as pool:
            started = deque[tuple[Recipient, Future[None]]]()
            for recipient in recipients:
                started.append((recipient, self._start(recipient, release / recipient.path, pool)))
                if len(started) > WRITERS:
                    yield self._finish(*started.popleft(), release, checks)
            for recipient, written in started:
                yield self._finish(recipient, written, release, checks)

    def _start(self, recipient: Recipient, path: Path, pool: Executor) -> Future[None]:
        """Exports an affiliate's rows from the stage, and starts the process for its file."""
        folder = Path(mkdtemp(dir=self._spill))
        rows = [self._export(table, recipient, folder) for table in self._tables]
        options = f"{_options(self._key(recipient))}, BLOCK_SIZE {self._block_bytes(recipient)}"
        contents = [f"COPY FROM DATABASE {_TEMPLATE} TO {TARGET} (SCHEMA)", *rows]
        job = file_statements(self._connection, path, options, contents, folder, setup=self._setup)
        return pool.submit(_execute, job, folder)

    def _export(self, table: ReleaseTable, recipient: Recipient, folder: Path) -> str:
        """Exports the rows of one table; returns the statement that loads them into the file."""
        path = folder / f"{table.name}.parquet"
        own = f"WHERE {AFFILIATE_ID} = {recipient.affiliate_id}"
        export(self._connection, f"{_rows(table)} {own}", path)
        return insert(table.name, path)

    def _finish(
        self, recipient: Recipient, written: Future[None], release: Path, checks: Sequence[str]
    ) -> FileEntry:
        """Waits until a file is written, reads it again and makes it durable."""
        written.result()
        path = release / recipient.path
        path.chmod(FILE_MODE)
        found = self._read_again(recipient, path)
        sync(path)
        return FileEntry(
            sha256(path),
            path.stat().st_size,
            found,
            tuple(checks),
            recipient.affiliate_id,
            encrypted=self._keys.encrypting,
        )

    def _key(self, recipient: Recipient) -> str | None:
        encrypting = self._keys.encrypting
        return file_key(self._keys.current, recipient.affiliate_id) if encrypting else None

    def _block_bytes(self, recipient: Recipient) -> int:
        entries = (groups.get((recipient.affiliate_id,)) for groups in self._expected.values())
        most = max((entry.rows for entry in entries if entry), default=0)
        return SMALL_BLOCK_BYTES if most <= ROWS_PER_GROUP else BLOCK_BYTES

    def _make_template(self) -> str:
        """Writes a file with empty tables and their descriptions; returns its ATTACH statement.

        Copying them into each file is quick; commenting hundreds of columns again is not.
        """
        contents = [CREATE_SCHEMA]
        for table in self._tables:
            columns = sql.columns(self._connection, _rows(table))
            contents.append(create_table(table.name, columns))
            comments = read_comments(self._connection, table, columns)
            if AFFILIATE in columns:
                comments[AFFILIATE] = "Slug of the affiliate."
            contents += comment_statements(table.name, comments)
        path = self._spill / f"{_TEMPLATE}.duckdb"
        write_file(self._connection, path, plain_options(), contents, self._spill)
        attach = f"ATTACH {sql.text(str(path))} AS {_TEMPLATE} (READ_ONLY)"
        self._connection.execute(attach)
        check_contents(self._connection, self._tables, _TEMPLATE)
        self._connection.execute(f"DETACH {_TEMPLATE}")
        return attach

    def _read_again(self, recipient: Recipient, path: Path) -> dict[str, TableEntry]:
        location, key = Location(f"{RELEASE}.{SCHEMA}"), self._key(recipient)
        options = "READ_ONLY" if key is None else f"READ_ONLY, {_key(key)}"
        self._connection.execute(f"ATTACH {sql.text(str(path))} AS {RELEASE} ({options})")
        entries = {}
        for table in self._tables:
            empty = TableEntry(0, table.key, f"{0:032x}")
            expected = self._expected[table.name].get((recipient.affiliate_id,), empty)
            found = describe_groups(self._connection, table, location)[()]
            if found != expected:
                raise AffiliateError(f"the file of {recipient.slug} is damaged: {table.name}")
            entries[table.name] = found
        self._connection.execute(f"DETACH {RELEASE}")
        return entries


def _execute(job: Sequence[str], folder: Path) -> None:
    try:
        execute(job)
    finally:
        shutil.rmtree(folder)


def _rows(table: ReleaseTable) -> str:
    return f"SELECT * EXCLUDE ({AFFILIATE_ID}) FROM {LOCATION.of(table.name)}"


def _options(key: str | None) -> str:
    if key is None:
        return plain_options()
    return f"STORAGE_VERSION '{ENCRYPTED_STORAGE_VERSION}', {_key(key)}"


def _key(key: str) -> str:
    return f"ENCRYPTION_KEY '{key}'"
