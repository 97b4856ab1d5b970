"""The code location's server when its database goes away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ingestion.embedded import EmbeddedPostgres
from orchestration.lib.processes import BIN

SECONDS = 60
#: No daemon is needed to launch a run.
INSTANCE = """
storage:
  postgres:
    postgres_url: {env: HISTORY}
run_coordinator: {module: dagster.core.run_coordinator, class: DefaultRunCoordinator}
"""
LOCATION = Path(__file__).with_name("slow_location.py")


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_code_server_ends_on_sigterm_without_its_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "pid"
    workspace = tmp_path / "workspace.yaml"
    with TemporaryDirectory(prefix="affiliate-") as folder:
        database = EmbeddedPostgres(Path(folder) / "postgres")
        database.start()
        (tmp_path / "dagster.yaml").write_text(INSTANCE)
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
        monkeypatch.setenv("HISTORY", database.dsn("postgres").replace("://", "+psycopg2://"))
        monkeypatch.setenv("RUN_PID_FILE", str(run))
        socket = Path(folder) / "code.sock"
        workspace.write_text(f"load_from: [{{grpc_server: {{socket: {socket}}}}}]")
        module = [sys.executable, "-m", "orchestration.lib.code_server"]
        server = subprocess.Popen([*module, "-f", LOCATION, "--socket", str(socket)])
        try:
            until(socket.exists)
            launch = [str(BIN / "dagster"), "job", "launch", "-w", str(workspace), "-j", "waiting"]
            subprocess.run(launch, check=True)
            until(lambda: run.exists() and bool(run.read_text()))
        finally:
            database.stop()
        os.kill(int(run.read_text()), signal.SIGKILL)
        server.terminate()
        try:
            assert server.wait(SECONDS) == 0
        finally:
            server.kill()
