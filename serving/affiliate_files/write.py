"""Writes the files: each is a fresh database with one affiliate's part of the stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from ingestion.errors import AffiliateError
from ingestion.landing.durable import sync
from serving import sql
from serving.affiliate_files.checks import PLACE
from serving.affiliate_files.recipients import Recipient
from serving.affiliate_files.tables import AFFILIATE, AFFILIATE_ID
from serving.artefacts import ReleaseTable
from serving.checks import Place, describe_groups
from serving.cut import RELEASE, SCHEMA, STORAGE_VERSION, TARGET, describe
from serving.durable import sha256
from serving.manifest import FileEntry, TableEntry
from serving.privacy import check_contents
from serving.store import FILE_MODE

_TEMPLATE = "template"
#: The first version that knows encryption.
ENCRYPTED_STORAGE_VERSION = "v1.4.0"
#: Every column of a table takes blocks of its own, in groups of so many rows. With DuckDB's usual
#: size a file of ten customers has 4 MB.
BLOCK_BYTES, SMALL_BLOCK_BYTES, ROWS_PER_GROUP = 262_144, 16_384, 122_880
#: By table, and by affiliate below it.
Expected = Mapping[str, Mapping[tuple[object, ...], TableEntry]]


class Writer:
    """Cuts files from the stage.

    Args:
        connection: With the checked stage attached.
        tables: The tables of a file.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, tables: Sequence[ReleaseTable]
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._expected: Expected = {
            table.name: describe_groups(connection, table, PLACE) for table in tables
        }
        self._make_template()

    def write(
        self, recipient: Recipient, path: Path, checks: Sequence[str], key: str | None
    ) -> FileEntry:
        """Writes the file of one affiliate, and reads it again to compare it with the stage.

        Args:
            recipient: Whose file it is.
            path: File that does not exist yet.
            checks: Those that its rows passed in the stage.
            key: Encrypts the file, in hex; None leaves it readable.

        Raises:
            AffiliateError: what is in the file is not what was checked.
        """
        run = self._connection.execute
        options = f"{_options(key)}, BLOCK_SIZE {self._block_bytes(recipient)}"
        run(f"ATTACH {sql.text(str(path))} AS {TARGET} ({options})")
        # one transaction: each would be forced to the disk by itself
        run("BEGIN")
        run(f"COPY FROM DATABASE {_TEMPLATE} TO {TARGET} (SCHEMA)")
        for table in self._tables:
            run(
                f"INSERT INTO {TARGET}.{SCHEMA}.{sql.name(table.name)} "
                f"SELECT * EXCLUDE ({AFFILIATE_ID}) FROM {PLACE.of(table.name)} "
                f"WHERE {AFFILIATE_ID} = {recipient.affiliate_id}"
            )
        run("COMMIT")
        run(f"CHECKPOINT {TARGET}")
        run(f"DETACH {TARGET}")
        path.chmod(FILE_MODE)
        found = self._read_again(recipient, path, key)
        sync(path)
        return FileEntry(
            sha256(path),
            path.stat().st_size,
            found,
            tuple(checks),
            recipient.affiliate_id,
            encrypted=key is not None,
        )

    def _block_bytes(self, recipient: Recipient) -> int:
        entries = (of.get((recipient.affiliate_id,)) for of in self._expected.values())
        most = max((entry.rows for entry in entries if entry), default=0)
        return SMALL_BLOCK_BYTES if most <= ROWS_PER_GROUP else BLOCK_BYTES

    def _make_template(self) -> None:
        """An empty file with its tables and their descriptions: copying beats describing anew."""
        self._connection.execute(f"ATTACH ':memory:' AS {_TEMPLATE}")
        self._connection.execute(f"CREATE SCHEMA {_TEMPLATE}.{SCHEMA}")
        for table in self._tables:
            target = f"{_TEMPLATE}.{SCHEMA}.{sql.name(table.name)}"
            self._connection.execute(
                f"CREATE TABLE {target} AS SELECT * EXCLUDE ({AFFILIATE_ID}) "
                f"FROM {PLACE.of(table.name)} LIMIT 0"
            )
            describe(self._connection, table, target)
            if AFFILIATE in sql.columns(self._connection, target):
                about = f"COLUMN {target}.{AFFILIATE}"
                self._connection.execute(f"COMMENT ON {about} IS 'Slug of the affiliate.'")
        check_contents(self._connection, self._tables, _TEMPLATE)

    def _read_again(
        self, recipient: Recipient, path: Path, key: str | None
    ) -> dict[str, TableEntry]:
        place = Place(f"{RELEASE}.{SCHEMA}")
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


def _options(key: str | None) -> str:
    if key is None:
        return f"STORAGE_VERSION '{STORAGE_VERSION}'"
    return f"STORAGE_VERSION '{ENCRYPTED_STORAGE_VERSION}', {_key(key)}"


def _key(key: str) -> str:
    return f"ENCRYPTION_KEY '{key}'"
