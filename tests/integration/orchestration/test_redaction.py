"""dbt keeps no error with a row value."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import duckdb

from orchestration.lib.dbt import DBT

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
