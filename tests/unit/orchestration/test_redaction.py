"""No error that Dagster or dbt keeps holds a row value."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import psycopg2.errors
import pytest

from core.errors import AffiliateError
from orchestration.lib.dbt import DBT
from orchestration.lib.failures import reason
from orchestration.lib.redaction import WithheldError, redacting, safe

TOKEN = "ana.secret@example.com"
PROFILES = """
lab:
  target: duckdb
  outputs: {duckdb: {type: duckdb, path: lab.duckdb}}
"""
PROJECT = """
name: lab
profile: lab
flags: {send_anonymous_usage_stats: false}
"""
MODEL = """
{{ config(materialized='table') }}
select cast(email as integer) as number from people
"""


def stumble() -> None:
    """What DuckDB says of a value that it cannot read: the value itself."""
    duckdb.sql(f"select cast(v as integer) from (values ('{TOKEN}')) t (v)").fetchall()


def stumble_later() -> Iterator[dg.MaterializeResult[None]]:
    yield dg.MaterializeResult(asset_key="made")
    stumble()


def test_database_errors_contain_row_values() -> None:
    with pytest.raises(duckdb.ConversionException, match=TOKEN):
        stumble()


@pytest.mark.parametrize("fails", [stumble, stumble_later], ids=["function", "generator"])
def test_dagster_stores_class_and_traceback_only(fails: Callable[[], Any], tmp_path: Path) -> None:
    step = dg.multi_asset(specs=[dg.AssetSpec("made")], name="broken")(redacting(fails))
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        result = dg.materialize([step], instance=instance, raise_on_error=False)
    error = reason(result.all_events)
    assert "broken failed with ConversionException" in str(error)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"ConversionException" in content for content in files)
    assert not any(TOKEN.encode() in content for content in files)


def test_harmless_errors_keep_their_message() -> None:
    with pytest.raises(duckdb.CatalogException) as missing:
        duckdb.sql("select * from nothing")
    ours = AffiliateError("table customer: 2 rows without customer_id")
    lost = psycopg2.errors.AdminShutdown("terminating connection")
    assert [safe(error) for error in (missing.value, ours, lost)] == [missing.value, ours, lost]


def test_errors_with_row_values_are_redacted() -> None:
    violation = psycopg2.errors.UniqueViolation(f"Key (email)=({TOKEN}) already exists.")
    undecodable = UnicodeDecodeError("utf-8", TOKEN.encode(), 0, 1, "invalid")
    for error in (violation, undecodable, ValueError(TOKEN), sqlite3.IntegrityError(TOKEN)):
        assert isinstance(safe(error), WithheldError)
        assert type(error).__name__ in str(safe(error))
        assert TOKEN not in str(safe(error))


def test_dbt_writes_no_row_value_to_any_file(tmp_path: Path) -> None:
    """The value is in a table that a model reads, as it is in a warehouse; not in dbt's own SQL."""
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    (tmp_path / "models/broken.sql").write_text(MODEL)
    with duckdb.connect(tmp_path / "lab.duckdb") as connection:
        connection.execute(f"create table people as select '{TOKEN}' as email")
    done = subprocess.run(
        [DBT, "--log-level-file", "debug", "--log-format", "json", "build"],
        cwd=tmp_path,
        env={**os.environ, "DBT_PROFILES_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    results = json.loads((tmp_path / "target/run_results.json").read_text())["results"]
    assert done.returncode == 1
    assert "ConversionException: message withheld" in results[0]["message"]
    written = [*tmp_path.glob("logs/*"), *tmp_path.glob("target/**/*.json")]
    assert len(written) > 2
    assert not [path.name for path in written if TOKEN in path.read_text()]
    assert TOKEN not in done.stdout + done.stderr
