"""Writes the files: each is a new database with one affiliate's part of the stage."""

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
from core.duckdb_session import load_extension
from core.durable_files import sync
from core.errors import AffiliateError
from privacy.pseudonym import Keys, file_key
from privacy.scan import check_contents
from privacy.scan.location import Location
from serving.affiliate_files.checks import PLACE
from serving.affiliate_files.recipients import Recipient
from serving.affiliate_files.tables import AFFILIATE, AFFILIATE_ID
from serving.artefacts import ReleaseTable
from serving.checks import describe_groups
from serving.cut import RELEASE, STORAGE_VERSION, describe
from serving.durable import sha256
from serving.file_writer import (
    CREATE_SCHEMA,
    SCHEMA,
    TARGET,
    comment_on,
    create_table,
    execute,
    export,
    insert,
    statements,
)
from serving.manifest import FileEntry, TableEntry
from serving.store import FILE_MODE

_TEMPLATE = "template"
#: The first version that knows encryption.
ENCRYPTED_STORAGE_VERSION = "v1.4.0"
#: Every column of a table takes blocks of its own, in groups of so many rows. With DuckDB's usual
#: size a file of ten customers has 4 MB.
BLOCK_BYTES, SMALL_BLOCK_BYTES, ROWS_PER_GROUP = 262_144, 16_384, 122_880
#: Files that are written at a time, each by a process of its own.
WRITERS = min(os.cpu_count() or 1, 4)
#: By table, and by affiliate below it.
Expected = Mapping[str, Mapping[tuple[object, ...], TableEntry]]


class Writer:
    """Cuts files from the stage.

    Args:
        connection: With the checked stage attached.
        tables: The tables of a file.
        spill: Private directory for the rows on their way.
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
            table.name: describe_groups(connection, table, PLACE) for table in tables
        }
        self._before = [self._make_template()]
        if keys.encrypting:
            self._before.append(load_extension("httpfs"))
            connection.execute(load_extension("httpfs"))

    def write(
        self, recipients: Sequence[Recipient], release: Path, checks: Sequence[str]
    ) -> Iterator[FileEntry]:
        """Writes the files of affiliates, and reads each again to compare it with the stage.

        Args:
            recipients: Whose files.
            release: Directory below which their paths are.
            checks: Those that the rows passed in the stage.

        Yields:
            What each file holds, in order.

        Raises:
            AffiliateError: what is in a file is not what was checked.
        """
        with ThreadPoolExecutor(WRITERS) as pool:
            begun = deque[tuple[Recipient, Future[None]]]()
            for recipient in recipients:
                begun.append((recipient, self._begin(recipient, release / recipient.path, pool)))
                if len(begun) > WRITERS:
                    yield self._finish(*begun.popleft(), release, checks)
            for recipient, written in begun:
                yield self._finish(recipient, written, release, checks)

    def _begin(self, recipient: Recipient, path: Path, pool: Executor) -> Future[None]:
        """Takes an affiliate's rows out of the stage, and has them put into its file."""
        folder = Path(mkdtemp(dir=self._spill))
        rows = [self._export(table, recipient, folder) for table in self._tables]
        options = f"{_options(self._key(recipient))}, BLOCK_SIZE {self._block_bytes(recipient)}"
        contents = [f"COPY FROM DATABASE {_TEMPLATE} TO {TARGET} (SCHEMA)", *rows]
        job = statements(self._connection, path, options, contents, folder, before=self._before)
        return pool.submit(_execute, job, folder)

    def _export(self, table: ReleaseTable, recipient: Recipient, folder: Path) -> str:
        """Takes the rows of one table; gives the statement that puts them into the file."""
        path = folder / f"{table.name}.parquet"
        whose = f"WHERE {AFFILIATE_ID} = {recipient.affiliate_id}"
        export(self._connection, f"{_rows(table)} {whose}", path)
        return insert(table.name, path)

    def _finish(
        self, recipient: Recipient, written: Future[None], release: Path, checks: Sequence[str]
    ) -> FileEntry:
        """Waits until a file is written, reads it again and forces it to the disk."""
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
        entries = (of.get((recipient.affiliate_id,)) for of in self._expected.values())
        most = max((entry.rows for entry in entries if entry), default=0)
        return SMALL_BLOCK_BYTES if most <= ROWS_PER_GROUP else BLOCK_BYTES

    def _make_template(self) -> str:
        """Makes a file with empty tables and their descriptions; gives its ATTACH.

        Copying them into each file is quick; describing hundreds of columns anew is not.
        """
        contents = [CREATE_SCHEMA]
        for table in self._tables:
            columns = sql.columns(self._connection, _rows(table))
            contents.append(create_table(table.name, columns))
            contents += describe(self._connection, table, columns)
            if AFFILIATE in columns:
                contents.append(comment_on(table.name, AFFILIATE, "Slug of the affiliate."))
        path = self._spill / f"{_TEMPLATE}.duckdb"
        options = f"STORAGE_VERSION '{STORAGE_VERSION}'"
        execute(statements(self._connection, path, options, contents, self._spill))
        attach = f"ATTACH {sql.text(str(path))} AS {_TEMPLATE} (READ_ONLY)"
        self._connection.execute(attach)
        check_contents(self._connection, self._tables, _TEMPLATE)
        self._connection.execute(f"DETACH {_TEMPLATE}")
        return attach

    def _read_again(self, recipient: Recipient, path: Path) -> dict[str, TableEntry]:
        place, key = Location(f"{RELEASE}.{SCHEMA}"), self._key(recipient)
        options = "READ_ONLY" if key is None else f"READ_ONLY, {_key(key)}"
        self._connection.execute(f"ATTACH {sql.text(str(path))} AS {RELEASE} ({options})")
        entries = {}
        for table in self._tables:
            nothing = TableEntry(0, table.key, f"{0:032x}")
            expected = self._expected[table.name].get((recipient.affiliate_id,), nothing)
            found = describe_groups(self._connection, table, place)[()]
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
    return f"SELECT * EXCLUDE ({AFFILIATE_ID}) FROM {PLACE.of(table.name)}"


def _options(key: str | None) -> str:
    if key is None:
        return f"STORAGE_VERSION '{STORAGE_VERSION}'"
    return f"STORAGE_VERSION '{ENCRYPTED_STORAGE_VERSION}', {_key(key)}"


def _key(key: str) -> str:
    return f"ENCRYPTION_KEY '{key}'"
