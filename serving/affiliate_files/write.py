"""Writes the files: each is a new database with one affiliate's part of the stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ingestion.errors import AffiliateError
from ingestion.landing.durable import sync
from ingestion.warehouse.connection import load_extension
from serving import sql
from serving.affiliate_files.checks import PLACE
from serving.affiliate_files.recipients import Recipient
from serving.affiliate_files.tables import AFFILIATE, AFFILIATE_ID
from serving.artefacts import ReleaseTable
from serving.checks import Place, describe_groups
from serving.cut import RELEASE, STORAGE_VERSION, describe
from serving.durable import sha256
from serving.file_writer import SCHEMA, TARGET, comment_on, create_table, export, insert, write
from serving.manifest import FileEntry, TableEntry
from serving.privacy import check_contents
from serving.store import FILE_MODE

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
        spill: Private directory for the rows on their way.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Sequence[ReleaseTable],
        spill: Path,
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._spill = spill
        self._expected: Expected = {
            table.name: describe_groups(connection, table, PLACE) for table in tables
        }
        self._definitions = self._define()

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
        with TemporaryDirectory(dir=self._spill) as temporary:
            folder = Path(temporary)
            rows = [self._export(table, recipient, folder) for table in self._tables]
            options = f"{_options(key)}, BLOCK_SIZE {self._block_bytes(recipient)}"
            before = [] if key is None else [load_extension("httpfs")]
            statements = [*self._definitions, *rows]
            write(self._connection, path, options, statements, folder, before=before)
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

    def _export(self, table: ReleaseTable, recipient: Recipient, folder: Path) -> str:
        """Takes the affiliate's rows out of the stage; gives the statement that inserts them."""
        path = folder / f"{table.name}.parquet"
        whose = f"WHERE {AFFILIATE_ID} = {recipient.affiliate_id}"
        export(self._connection, f"{_rows(table)} {whose}", path)
        return insert(table.name, path)

    def _block_bytes(self, recipient: Recipient) -> int:
        entries = (of.get((recipient.affiliate_id,)) for of in self._expected.values())
        most = max((entry.rows for entry in entries if entry), default=0)
        return SMALL_BLOCK_BYTES if most <= ROWS_PER_GROUP else BLOCK_BYTES

    def _define(self) -> list[str]:
        """Statements that make the tables and their descriptions, as tried on an empty file."""
        statements = []
        for table in self._tables:
            columns = sql.columns(self._connection, _rows(table))
            statements.append(create_table(table.name, columns))
            statements += describe(self._connection, table, columns)
            if AFFILIATE in columns:
                statements.append(comment_on(table.name, AFFILIATE, "Slug of the affiliate."))
        run = self._connection.execute
        run(f"ATTACH ':memory:' AS {TARGET}")
        run(f"CREATE SCHEMA {TARGET}.{SCHEMA}")
        for statement in statements:
            run(statement)
        check_contents(self._connection, self._tables, TARGET)
        run(f"DETACH {TARGET}")
        return statements

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


def _rows(table: ReleaseTable) -> str:
    return f"SELECT * EXCLUDE ({AFFILIATE_ID}) FROM {PLACE.of(table.name)}"


def _options(key: str | None) -> str:
    if key is None:
        return f"STORAGE_VERSION '{STORAGE_VERSION}'"
    return f"STORAGE_VERSION '{ENCRYPTED_STORAGE_VERSION}', {_key(key)}"


def _key(key: str) -> str:
    return f"ENCRYPTION_KEY '{key}'"
