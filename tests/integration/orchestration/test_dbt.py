"""dbt as a process of its own."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from core.settings import Settings
from orchestration.lib.dbt import DBT, PROJECT_DIR, build_environment


def test_duckdb_memory_limit_runs_one_model_at_a_time(
    tmp_path: Path,
) -> None:
    settings = Settings.model_validate({"home": tmp_path, "duckdb_memory": "512MiB"})
    settings.warehouse_path.parent.mkdir()
    query = "select current_setting('memory_limit') as found"

    done = subprocess.run(
        [DBT, "show", "--inline", query, "--project-dir", str(PROJECT_DIR)],
        env={**os.environ, **build_environment(settings, datetime(2026, 1, 31, tzinfo=UTC))},
        text=True,
        capture_output=True,
        check=False,
    )

    assert "512.0 MiB" in done.stdout, done.stdout
    assert "Concurrency: 1 threads" in done.stdout
