"""The private parts of Dagster's code server that `orchestration.lib.code_server` relies on."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock
from types import SimpleNamespace

import pytest
from dagster._grpc.server import DagsterApiServer

from ingestion.embedded import EmbeddedPostgres
from orchestration.lib.code_server import CHECK
from orchestration.lib.processes import BIN

#: How long the server may take before the test gives up; a busy machine is slow.
SECONDS = 240
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


def test_signature_is_the_one_that_is_replaced() -> None:
    assert [*inspect.signature(getattr(DagsterApiServer, CHECK)).parameters] == ["self"]
    assert CHECK in inspect.getsource(DagsterApiServer._cleanup_thread)


@pytest.mark.parametrize("is_alive", [True, False])
def test_attributes_have_the_meaning_that_is_assumed(is_alive: bool) -> None:
    """With shutdown requested, Dagster ends the server when `_executions` is empty."""
    executions = {"run": (SimpleNamespace(is_alive=lambda: is_alive), None)} if is_alive else {}
    server = SimpleNamespace(
        _execution_lock=Lock(),
        _executions=executions,
        _shutdown_once_executions_finish_event=Event(),
        _server_termination_event=Event(),
    )
    server._shutdown_once_executions_finish_event.set()
    getattr(DagsterApiServer, CHECK)(server)
    assert server._server_termination_event.is_set() is not is_alive


def test_dagster_still_does_not_catch_a_lost_database() -> None:
    """Fails when Dagster catches it: `orchestration.lib.code_server` can go then."""

    def check() -> None:
        raise ConnectionError

    server = SimpleNamespace(
        _server_termination_event=SimpleNamespace(wait=lambda _: None, is_set=lambda: False),
        **{CHECK: check},
    )
    with pytest.raises(ConnectionError):
        DagsterApiServer._cleanup_thread(server)  # type: ignore[arg-type]


@pytest.mark.nightly
def test_code_server_stops_on_sigterm_without_its_database(
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
