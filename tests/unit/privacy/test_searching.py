"""The search finds what is there, however it is written: else nothing found would mean nothing."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from tests.support.searching import found_in, in_file

TOKEN, OTHER = "Zqxja Kärbhdt", "zqxjbabsent"
TOKENS = (TOKEN, OTHER, *(f"zqxja{number:05}" for number in range(2_000)))
LONG = f"before {TOKEN} after"


def _duckdb(path: Path) -> None:
    """Among so many values that they are compressed."""
    with duckdb.connect(str(path.with_suffix(".duckdb"))) as connection:
        connection.execute("create table t (c struct(v varchar)[])")
        connection.execute(
            "insert into t select [{'v': case i when 777 then $1 else 'x' || i end}] "
            "from range(200000) r(i)",
            [LONG],
        )


def _parquet(path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t as select $1 as v, i from range(9) r(i)", [LONG])
        connection.execute(f"copy t to '{path.with_suffix('.parquet')}' (compression zstd)")


def _sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path.with_suffix(".db"))) as store:
        store.execute("create table t (v blob)")
        store.execute("insert into t values (?)", [zlib.compress(LONG.encode())])
        store.commit()


WAYS: dict[str, Callable[[Path], object]] = {
    "plain": lambda path: path.write_text(LONG),
    "upper case": lambda path: path.write_text(LONG.replace("ä", "a").upper()),
    "UTF-16": lambda path: path.write_bytes(LONG.encode("utf-16-le")),
    "UTF-16, big end first": lambda path: path.write_bytes(LONG.encode("utf-16-be")),
    "JSON": lambda path: path.write_text(json.dumps(LONG)),
    "address": lambda path: path.write_text(quote(LONG)),
    "hexadecimal": lambda path: path.write_text(LONG.encode().hex().upper()),
    **{
        f"base64, {shift} before": partial(
            Path.write_bytes, data=base64.b64encode(b"-" * shift + LONG.encode())
        )
        for shift in range(3)
    },
    "gzip": lambda path: path.write_bytes(gzip.compress(LONG.encode())),
    "DuckDB": _duckdb,
    "Parquet": _parquet,
    "SQLite": _sqlite,
}


@pytest.mark.parametrize("way", WAYS)
def test_token_is_found_in_any_encoding(tmp_path: Path, way: str) -> None:
    wanted = TOKENS if way != "upper case" else ("Zqxja Karbhdt", OTHER)
    WAYS[way](tmp_path / "file")
    (written,) = tmp_path.iterdir()
    assert in_file(written, wanted) == {wanted[0]}
    assert found_in(tmp_path, [OTHER]) == []
