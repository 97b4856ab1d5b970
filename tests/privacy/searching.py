"""Every file below a directory, decoded in every way we know, searched for tokens.

Independent of the platform's own search: it decodes whole files to Python values and looks at each.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq


def found_in(root: Path, tokens: Collection[str], *, but: Collection[str] = ()) -> list[str]:
    """Where a token stands: `<path>: <token>`, files in order.

    Args:
        root: Directory to search.
        tokens: What to look for; case is ignored.
        but: Names right below the root that are not searched.
    """
    return [
        f"{path.relative_to(root)}: {token}"
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in but
        for token in sorted(in_file(path, tokens))
    ]


def in_file(path: Path, tokens: Collection[str]) -> set[str]:
    """The tokens in a file, be it in its bytes or in what they stand for."""
    raw = path.read_bytes().lower()
    exact = path.read_bytes()
    found = {token for token in tokens if _in_bytes(raw, exact, token)}
    for text in _texts(path):
        lower = text.lower()
        found |= {token for token in set(tokens) - found if token.lower() in lower}
    return found


def _in_bytes(lower: bytes, exact: bytes, token: str) -> bool:
    plain = [token.lower(), json.dumps(token.lower())[1:-1]]
    spelled = [form.encode(code) for form in plain for code in ("utf-8", "utf-16-le", "utf-16-be")]
    hexed = [form.encode().hex().encode() for form in plain]
    coded = [
        base64.b64encode(b"x" * shift + token.encode())[(0, 2, 3)[shift] : -4] for shift in range(3)
    ]
    return any(n in lower for n in (*spelled, *hexed)) or any(n in exact for n in coded)


def _texts(path: Path) -> Iterator[str]:
    """Every value that a file of a known format holds, as text."""
    if path.suffix == ".parquet":
        for name in pq.read_schema(path).names:
            for value in pq.read_table(path, columns=[name], partitioning=None)[name].to_pylist():
                yield from _of(value)
        yield str(pq.read_metadata(path).to_dict())
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()")
            for schema, table in tables.fetchall():
                for row in connection.execute(f'from "{schema}"."{table}"').fetchall():
                    for value in row:
                        yield from _of(value)
    elif path.suffix == ".db":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            for (table,) in store.execute("select name from sqlite_master where type = 'table'"):
                for row in store.execute(f'select * from "{table}"'):
                    for value in row:
                        yield from _of(value)


def _of(value: object) -> Iterator[str]:
    if isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
        yield value.decode("utf-16-le", "replace")
    elif isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            yield from _of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _of(part)
    elif isinstance(value, str):
        yield value
        if "\\u" in value:
            yield value.encode("latin-1", "ignore").decode("unicode_escape", "replace")
    elif value is not None:
        yield str(value)
