"""The private parts of dbt that `orchestration.lib.dbt_errors` and `dbt_child` rely on."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest
from dagster_dbt import DbtCliResource
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.postgres.connections import PostgresConnectionManager

from orchestration.lib.dbt import DBT
from orchestration.lib.dbt_errors import HANDLER

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


@pytest.mark.parametrize("manager", [DuckDBConnectionManager, PostgresConnectionManager])
def test_handler_is_a_context_manager_that_takes_the_statement(manager: type) -> None:
    handler = getattr(manager, HANDLER)
    _, statement, *optional = inspect.signature(handler).parameters.values()
    assert statement.name == "sql"
    assert all(parameter.default is not parameter.empty for parameter in optional)
    # what `contextmanager` makes has the generator function below
    assert inspect.isgeneratorfunction(inspect.unwrap(handler))


def test_version_is_answered_as_dagster_reads_it() -> None:
    answer = subprocess.run([DBT, "--version"], capture_output=True, text=True, check=True)
    resource = DbtCliResource(
        project_dir=str(Path(__file__).parents[2] / "dbt_project"), dbt_executable=DBT
    )
    assert answer.stdout == version("dbt-core") == str(resource._cli_version)


def _build(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Builds a model that fails at a value of a table, which is not in the SQL."""
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILES)
    (folder / "models/broken.sql").write_text(MODEL)
    with duckdb.connect(folder / "lab.duckdb") as connection:
        connection.execute(f"create table people as select '{TOKEN}' as email")
    return subprocess.run(
        [*command, "--log-level-file", "debug", "--log-format", "json", "build"],
        cwd=folder,
        env={**os.environ, "DBT_PROFILES_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_dbt_itself_still_writes_row_values(tmp_path: Path) -> None:
    """Fails when dbt stops it: `orchestration.lib.dbt_errors` can go then."""
    done = _build(tmp_path, str(Path(sys.executable).with_name("dbt")))
    assert done.returncode == 1
    assert TOKEN in (tmp_path / "target/run_results.json").read_text()


def test_dbt_writes_no_row_value_to_any_file(tmp_path: Path) -> None:
    done = _build(tmp_path, DBT)
    results = json.loads((tmp_path / "target/run_results.json").read_text())["results"]
    assert done.returncode == 1
    assert "ConversionException: message withheld" in results[0]["message"]
    written = [*tmp_path.glob("logs/*"), *tmp_path.glob("target/**/*.json")]
    assert len(written) > 2
    assert not [path.name for path in written if TOKEN in path.read_text()]
    assert TOKEN not in done.stdout + done.stderr
