"""Search all files of a home for values, both decoded and byte by byte.

A search of bytes misses compressed values; a search of decoded values misses remains between pages.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.duckdb_session import connect
from core.settings import Settings
from core.sql import quote
from ingestion.landing.rewrite import READ_ROWS
from warehouse.connection import ALIAS, open_warehouse

#: Directories below the home that are not searched: embedded sources, keys, open requests.
SOURCES = ("servers", "world", "secrets", "erasures")
CHUNK = 16 << 20
_STATISTICS = (
    "select most_common_vals::text, histogram_bounds::text, most_common_elems::text from pg_stats"
)
_READABLE = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
)


@dataclass(frozen=True)
class Residue:
    """Result of a search.

    Attributes:
        files: Number of files searched, including the warehouse.
        places: Places with a value: path below the home, and column or encoding, without the value.
    """

    files: int
    places: tuple[str, ...]


def search(settings: Settings, values: Sequence[str]) -> Residue:
    """Search every file of a home, and the warehouse, for any of the values.

    Args:
        settings: Settings of the platform.
        values: Values as typed; the search ignores case, except in encoded text.
    """
    places: list[str] = []
    files = 0
    for path in sorted(_files(settings.home)):
        files += 1
        name = str(path.relative_to(settings.home))
        with suppress(FileNotFoundError):
            places += [f"{name}: {where}" for where in _search(path, values)]
    if settings.engine == "postgres":
        files += 1
        with open_warehouse(settings, read_only=True) as connection:
            places += [f"warehouse: {where}" for where in _server(connection, values)]
    return Residue(files, tuple(places))


def _files(home: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(home):
        parts = Path(folder).relative_to(home).parts
        if not parts or parts[0] not in SOURCES:
            yield from (path for name in names if (path := Path(folder, name)).is_file())


def _search(path: Path, values: Sequence[str]) -> Iterator[str]:
    if not values:
        return
    if _is_in(path, values):
        yield "raw bytes"
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            yield from _columns((batch for batch in file.iter_batches(READ_ROWS)), values)
    elif path.suffix == ".duckdb":
        with closing(connect()) as connection:
            connection.execute(f"attach '{quote(str(path))}' as file (read_only)")
            yield from _tables(connection, "file", values)
    elif path.suffix in (".db", ".sqlite"):
        yield from _sqlite(path, values)


def _server(connection: duckdb.DuckDBPyConnection, values: Sequence[str]) -> Iterator[str]:
    """Search the tables of the attached server and the statistics about their columns."""
    yield from _tables(connection, ALIAS, values)
    rows = connection.execute(f"from postgres_query('{ALIAS}', '{_STATISTICS}')")
    yield from (f"pg_stats.{where}" for where in _columns(rows.to_arrow_reader(10_000), values))


def _tables(
    connection: duckdb.DuckDBPyConnection, catalogue: str, values: Sequence[str]
) -> Iterator[str]:
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? "
        "and schema_name not in ('pg_catalog', 'information_schema')",
        [catalogue],
    ).fetchall()
    for schema, table in tables:
        rows = connection.execute(f'from {catalogue}."{schema}"."{table}"').to_arrow_reader(10_000)
        yield from (f"{schema}.{table}.{where}" for where in _columns(iter(rows), values))


def _columns(batches: Iterator[pa.RecordBatch], values: Sequence[str]) -> Iterator[str]:
    """Yield the names of columns that contain a value, each once."""
    found: set[str] = set()
    for batch in batches:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name not in found and any(_holds(leaf, values) for leaf in _leaves(column)):
                found.add(name)
                yield name


def _leaves(column: pa.Array) -> Iterator[pa.Array]:
    """Yield the text and binary arrays in a column, at any depth of nesting."""
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        yield from _leaves(column.storage)
    elif pa.types.is_map(kind):
        yield from _leaves(column.keys)
        yield from _leaves(column.items)
    elif pa.types.is_nested(kind) and pa.types.is_struct(kind):
        for part in column.flatten():
            yield from _leaves(part)
    elif pa.types.is_nested(kind):
        yield from _leaves(column.values)
    elif pa.types.is_dictionary(kind):
        yield from _leaves(column.dictionary)
    elif any(is_kind(kind) for is_kind in _READABLE):
        yield column


def _holds(column: pa.Array, values: Sequence[str]) -> bool:
    return any(
        pc.any(pc.match_substring(column, form, ignore_case=True)).as_py()
        for value in values
        for form in forms(value)
    )


def forms(value: str) -> set[str]:
    """Return a value as plain text and as escaped in JSON."""
    return {value, json.dumps(value)[1:-1]}


def _sqlite(path: Path, values: Sequence[str]) -> Iterator[str]:
    wanted = {form for value in values for form in forms(value.lower())}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f'select * from "{table}"'):
                texts = [str(cell).lower() for cell in row if cell is not None]
                if any(form in text for text in texts for form in wanted):
                    yield table
                    break


def _is_in(path: Path, values: Sequence[str]) -> bool:
    """Return whether the bytes of a file contain a value in any usual encoding."""
    typed = {case for value in values for case in (value, value.lower(), value.upper())}
    texts = {needle.lower() for value in typed for needle in _spellings(value)}
    encoded = {needle for value in typed for needle in _base64(value)}
    longest = max(map(len, texts | encoded))
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(CHUNK):
            window = before + chunk
            lower = window.lower()
            if any(n in lower for n in texts) or any(n in window for n in encoded):
                return True
            before = window[-longest:]
    return False


def _spellings(value: str) -> Iterator[bytes]:
    for form in forms(value):
        yield form.encode()
        yield form.encode("utf-16-le")
        yield form.encode().hex().encode()


def _base64(value: str) -> Iterator[bytes]:
    """Yield the base64 forms for each alignment, without the ends that depend on the neighbours."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value.encode())
        yield encoded[(0, 2, 3)[shift] : len(encoded) - 4]
