"""A value is found wherever it was left, and named by its place alone."""

from __future__ import annotations

import base64
import sqlite3
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.settings import Settings
from privacy.erasure.residue import search

VALUE = "Zoë.Quillfeather@mail.example"
TEXT = f"call {VALUE} today"


def parquet(path: Path) -> None:
    nested = pa.array([{"said": [TEXT]}] * 500)
    pq.write_table(pa.table({"other": [1] * 500, "nested": nested}), path, compression="zstd")


def warehouse(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema s")
        # many rows of the same text are compressed
        connection.execute("create table s.t as select ? as c from range(200000)", [TEXT])


def history(path: Path) -> None:
    with sqlite3.connect(path) as store:
        store.execute("create table event (body text)")
        store.execute("insert into event values (?)", [TEXT.upper()])


def log(path: Path) -> None:
    path.write_text(TEXT.upper())


def escaped(path: Path) -> None:
    path.write_text(TEXT.replace("ë", "\\u00eb"))


def utf_16(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" + TEXT.encode("utf-16-le"))


def hexed(path: Path) -> None:
    path.write_text(TEXT.encode().hex())


def encoded(path: Path) -> None:
    path.write_bytes(base64.b64encode(TEXT.encode()))


PLACES = {
    "landing/x.parquet": parquet,
    "releases/r/x.duckdb": warehouse,
    "dagster/x.db": history,
    "dbt/x.log": log,
    "dbt/x.json": escaped,
    "quality/x.bin": utf_16,
    "quality/x.txt": hexed,
    "quality/x.pem": encoded,
}


@pytest.mark.parametrize("place", PLACES)
def test_residue_is_found_in_any_encoding(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    PLACES[place](path)
    settings = Settings(home=tmp_path)
    found = search(settings, [VALUE])
    assert found.files == 1
    assert {where.split(": ")[0] for where in found.places} == {place}
    assert not any(VALUE in where for where in found.places)
    assert search(settings, ["nobody@mail.example"]).places == ()
    assert search(settings, []).places == ()


def test_sources_and_secrets_are_not_searched(tmp_path: Path) -> None:
    for name in ("servers", "world", "secrets", "erasures"):
        (tmp_path / name).mkdir()
        log(tmp_path / name / "x.log")
    assert search(Settings(home=tmp_path), [VALUE]).files == 0


def test_a_value_across_two_chunks_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("privacy.erasure.residue.CHUNK", 16)
    log(tmp_path / "x.log")
    assert search(Settings(home=tmp_path), [VALUE]).places == ("x.log: raw bytes",)
