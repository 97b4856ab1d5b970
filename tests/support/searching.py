"""Every file below a directory, decoded in every way we know, searched for tokens.

Independent of the platform's own search. Thousands of tokens cost little more than one when they
begin alike: only what they begin with is sought, and compared in full where it stands.
"""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import sqlite3
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow.parquet as pq

#: Characters by which tokens are sought before they are compared.
BEGINNING = 5
#: Bytes that stand for tokens, by what they begin with.
Needles = dict[bytes, dict[bytes, str]]


def found_in(root: Path, tokens: Collection[str], *, but: Collection[str] = ()) -> list[str]:
    """Where a token stands: `<path>: <token>`, files in order.

    Args:
        root: Directory to search.
        tokens: What to look for; case is ignored.
        but: Names right below the root that are not searched.
    """
    return [
        f"{path.relative_to(root)}: {token}"
        for path in files_below(root, but=but)
        for token in sorted(in_file(path, tokens))
    ]


def files_below(root: Path, *, but: Collection[str] = ()) -> list[Path]:
    """Every file, in order; links are not followed.

    Args:
        root: Directory to search.
        but: Names right below the root that are left out.
    """
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.relative_to(root).parts[0] not in but
    ]


def in_file(path: Path, tokens: Collection[str]) -> set[str]:
    """The tokens in a file, be it in its bytes or in what they stand for."""
    found = in_bytes(path.read_bytes(), tokens)
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            found |= in_relation(connection, f"read_parquet('{path}')", tokens)
        found |= in_bytes(str(pq.read_metadata(path).to_dict()).encode(), tokens)
    elif path.suffix == ".duckdb":
        for texts in tables_of(path, tokens).values():
            found |= texts
    elif path.suffix == ".db":
        found |= _in_sqlite(path, tokens)
    return found


def tables_of(
    path: Path, tokens: Collection[str], key: str = ""
) -> dict[tuple[str, str], set[str]]:
    """The tokens in each table of a DuckDB file, by schema and table.

    Args:
        path: The file.
        tokens: What to look for.
        key: Decrypts it.
    """
    with duckdb.connect() as connection:
        secret = f", encryption_key '{key}'" if key else ""
        connection.execute(f"attach '{path}' as file (read_only{secret})")
        return in_tables(connection, "file", tokens)


def in_tables(
    connection: duckdb.DuckDBPyConnection, catalogue: str, tokens: Collection[str]
) -> dict[tuple[str, str], set[str]]:
    """The tokens in each table of an attached database, and in its comments."""
    tables = connection.execute(
        "select schema_name, table_name, comment from duckdb_tables() where database_name = ?",
        [catalogue],
    ).fetchall()
    return {
        (schema, table): in_relation(connection, f'{catalogue}."{schema}"."{table}"', tokens)
        | in_bytes(str(comment).encode(), tokens)
        for schema, table, comment in tables
    }


def in_relation(
    connection: duckdb.DuckDBPyConnection, relation: str, tokens: Collection[str]
) -> set[str]:
    """The tokens in the values of a relation, column by column."""
    found: set[str] = set()
    for name, kind, *_ in connection.execute(f"describe from {relation}").fetchall():
        column = '"' + name.replace('"', '""') + '"'
        if kind == "BLOB":
            rows = connection.execute(f"select {column} from {relation}").fetchall()
            found |= in_bytes(b"\n".join(value for (value,) in rows if value), tokens)
        text = f"select string_agg(cast({column} as varchar), chr(10)) from {relation}"
        ((joined,),) = connection.execute(text).fetchall()
        found |= in_bytes((joined or "").encode(), tokens)
    return found


def in_bytes(data: bytes, tokens: Collection[str]) -> set[str]:
    """The tokens in bytes: plain, UTF-16, escaped, base64, hexadecimal, compressed."""
    legible, exact = _needles(frozenset(tokens))
    found = set(_sought(data.lower(), legible)) | set(_sought(data, exact))
    for inner in _unpacked(data):
        found |= in_bytes(inner, tokens)
    return found


def _sought(data: bytes, needles: Needles) -> Iterator[str]:
    for beginning, whole in needles.items():
        place = data.find(beginning)
        lengths = {len(needle) for needle in whole} if place >= 0 else ()
        while place >= 0:
            for length in lengths:
                if token := whole.get(data[place : place + length]):
                    yield token
            place = data.find(beginning, place + 1)


@lru_cache(8)
def _needles(tokens: frozenset[str]) -> tuple[Needles, Needles]:
    """What to seek in lower case, and what as it is."""
    legible: Needles = defaultdict(dict)
    exact: Needles = defaultdict(dict)
    for token in tokens:
        for spell in (_utf8, _utf16(">"), _utf16("<")):
            _add(legible, spell, token.lower(), token)
            for escape in (_json, html.escape, quote):
                if (form := escape(token.lower())) != token.lower():
                    _add(legible, spell, form.lower(), token)
        for case in {token, token.lower(), token.upper(), token.capitalize()}:
            _add(legible, _hex, case, token)
            for shift in range(3):
                for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
                    _add(exact, _base64(alphabet, shift), case, token)
    return legible, exact


def _add(needles: Needles, spell: Callable[[str], bytes], form: str, token: str) -> None:
    beginning = spell(form[:BEGINNING])
    needle = spell(form)
    # the end of what is encoded depends on what follows
    shared = next((n for n in range(len(beginning), 0, -1) if needle.startswith(beginning[:n])), 0)
    needles[needle[:shared]][needle] = token


def _utf8(text: str) -> bytes:
    return text.encode()


def _utf16(order: str) -> Callable[[str], bytes]:
    code = "utf-16-be" if order == ">" else "utf-16-le"
    return lambda text: text.encode(code)


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _hex(text: str) -> bytes:
    return text.encode().hex().encode()


def _base64(encode: Callable[[bytes], bytes], shift: int) -> Callable[[str], bytes]:
    """Wherever the text begins in what was encoded; both ends depend on its neighbours."""

    def spell(text: str) -> bytes:
        data = text.encode()
        whole = (shift + len(data)) * 8 // 6
        return encode(b"x" * shift + data)[(0, 2, 3)[shift] : whole]

    return spell


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is inside, if it is compressed."""
    with suppress(OSError, EOFError, zlib.error, zipfile.BadZipFile):
        if data[:2] == b"\x1f\x8b":
            yield gzip.decompress(data)
        elif data[:1] == b"\x78":
            yield zlib.decompress(data)
        elif data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from (archive.read(name) for name in archive.namelist())


def _in_sqlite(path: Path, tokens: Collection[str]) -> set[str]:
    found: set[str] = set()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        tables = store.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            rows = store.execute(f'select * from "{table}"').fetchall()
            texts = (str(cell) for row in rows for cell in row if not isinstance(cell, bytes))
            found |= in_bytes("\n".join(texts).encode(), tokens)
            found |= _in_each((cell for row in rows for cell in row), tokens)
    return found


def _in_each(cells: Iterable[object], tokens: Collection[str]) -> set[str]:
    blobs = (cell for cell in cells if isinstance(cell, bytes))
    return set().union(*(in_bytes(blob, tokens) for blob in blobs))
