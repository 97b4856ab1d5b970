"""No error that Dagster or dbt keeps holds a row value."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import psycopg2.errors
import pytest

from core.errors import AffiliateError
from orchestration.lib.failures import reason
from orchestration.lib.redaction import WithheldError, redacting, safe

TOKEN = "ana.secret@example.com"


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
