from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from core import sql
from core.duckdb_process import execute
from core.duckdb_session import connect
from core.errors import AffiliateError
from privacy.scan.columns import TYPES
from serving.affiliate_files.write import BLOCK_BYTES, SMALL_BLOCK_BYTES
from serving.file_writer import (
    CREATE_SCHEMA,
    create_table,
    export,
    insert,
    plain_options,
    write_file,
)

OPTIONS = plain_options()
#: A value of a row that belongs to another file.
SECRET = b"jane.roe@affiliate.example"
#: By block size: text lengths that nearly fill a block, so that DuckDB leaves gaps.
TEXTS = {SMALL_BLOCK_BYTES: range(100, 400, 10), BLOCK_BYTES: range(3000, 7000, 100)}
#: A program that never finishes its file.
ENDLESS = """
from core.duckdb_process import execute
execute(["SELECT count(*) FROM range(1000000000000) t(i) WHERE hash(i) = 7"])
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(connect()) as connection:
        yield connection


def make(
    connection: duckdb.DuckDBPyConnection, path: Path, query: str, options: str = OPTIONS
) -> Path:
    rows = path.with_suffix(".parquet")
    export(connection, query, rows)
    columns = sql.columns(connection, query)
    contents = [CREATE_SCHEMA, create_table("t", columns), insert("t", rows)]
    write_file(connection, path, options, contents, path.parent)
    return path


def read(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(path, read_only=True) as file:
        return file.execute("FROM marts.t").fetchall()


@pytest.mark.parametrize("block", TEXTS)
def test_a_file_holds_no_earlier_content_of_memory(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, block: int
) -> None:
    columns = ", ".join(f"md5((i % {texts})::VARCHAR) AS c{texts}" for texts in TEXTS[block])
    query = f"SELECT {columns} FROM range(30000) t(i)"
    options = f"{OPTIONS}, BLOCK_SIZE {block}"
    # otherwise this test would prove nothing
    beside = (_write_beside(connection, tmp_path / f"{n}", query, options) for n in range(20))
    assert any(SECRET in path.read_bytes() for path in beside), "DuckDB leaves no gaps any more"
    path = make(connection, tmp_path / "own.duckdb", query, options)
    assert SECRET not in path.read_bytes()
    assert read(path) == connection.execute(query).fetchall()


def test_a_file_stores_whole_texts_only(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    query = "SELECT 'Robert ' || i || ' Thomas ' || i * 7919 AS name FROM range(30000) t(i)"
    # otherwise this test would prove nothing
    beside = _write_beside(connection, tmp_path / "beside", query, OPTIONS)
    assert "FSST" in _compressions(beside), "DuckDB does not use FSST here any more"
    path = make(connection, tmp_path / "own.duckdb", query)
    assert _compressions(path).isdisjoint({"FSST", "DICT_FSST"})
    assert read(path) == connection.execute(query).fetchall()


def _compressions(path: Path) -> set[str]:
    with duckdb.connect(path, read_only=True) as file:
        segments = file.execute("SELECT compression FROM pragma_storage_info('marts.t')").fetchall()
    return {compression for (compression,) in segments}


def _write_beside(
    connection: duckdb.DuckDBPyConnection, path: Path, query: str, options: str
) -> Path:
    """Writes the file in this process, whose memory held rows of another file."""
    connection.execute(
        f"CREATE TABLE others AS SELECT '{SECRET.decode()}' || i FROM range(3000000) t(i)"
    )
    connection.execute("DROP TABLE others")
    connection.execute(f"ATTACH '{path}' AS beside ({options})")
    connection.execute("CREATE SCHEMA beside.marts")
    connection.execute(f"CREATE TABLE beside.marts.t AS {query}")
    connection.execute("DETACH beside")
    return path


def test_every_allowed_type_keeps_its_extreme_values(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    kinds = sql.columns(connection, "FROM test_all_types()")
    names = [name for name, kind in kinds.items() if set(leaf_types(kind)) <= TYPES]
    assert {leaf for name in names for leaf in leaf_types(kinds[name])} == TYPES
    query = f"SELECT {sql.names(names)} FROM test_all_types()"
    path = make(connection, tmp_path / "file.duckdb", query)
    connection.execute(f"ATTACH '{path}' AS file (READ_ONLY)")
    assert sql.columns(connection, "file.marts.t") == {name: kinds[name] for name in names}
    as_text = "SELECT COLUMNS(*)::VARCHAR FROM {}"
    found = connection.execute(as_text.format("file.marts.t")).fetchall()
    assert found == connection.execute(as_text.format(f"({query})")).fetchall()


def leaf_types(kind: str) -> list[str]:
    """The scalar types in a type: `STRUCT(a INTEGER, b VARCHAR)[]` has two."""
    if match := re.fullmatch(r"STRUCT\((.*)\)((\[\])*)", kind):
        return [leaf for field in match[1].split(", ") for leaf in leaf_types(field.split()[1])]
    return [re.sub(r"\(.*\)", "", kind.rstrip("[]")).lower()]


def test_an_error_in_the_process_is_raised_here() -> None:
    with pytest.raises(duckdb.CatalogException, match="missing"):
        execute(["FROM missing"])


def test_a_killed_writer_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killing = tmp_path / "python"
    killing.write_text("#!/bin/sh\nkill -KILL $$\n")
    killing.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(killing))
    with pytest.raises(AffiliateError, match="process that writes a file was killed: publish"):
        execute([])


def test_the_process_has_the_memory_limit_of_the_connection(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("SET memory_limit = '300MB'")
    limit = "CREATE TABLE target.marts.t AS SELECT current_setting('memory_limit')"
    path = tmp_path / "f.duckdb"
    write_file(connection, path, OPTIONS, [CREATE_SCHEMA, limit], tmp_path)
    # 300 MB, rounded down twice
    assert read(path) == [("286.0 MiB",)]


def test_the_process_ends_with_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", ENDLESS])
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    until(lambda: children.read_text() != "")
    child = Path("/proc") / children.read_text().split()[0]
    parent.kill()
    parent.wait()
    until(lambda: not child.exists())


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)
