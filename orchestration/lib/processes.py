"""The scheduler and the code location as processes: what they need, and their commands.

`affiliate up` starts the scheduler as a child, `affiliate serve` replaces itself by one of them.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

import dagster as dg

from core.errors import ConfigurationError
from core.settings import Settings
from orchestration.lib.instance import prepare_home, reap_dead_runs
from orchestration.lib.manifest import ensure_manifest

WORKSPACE = Path(__file__).parents[2] / "workspace.yaml"
BIN = Path(sys.executable).parent


def serve_daemon(settings: Settings) -> NoReturn:
    """Replaces this process by the scheduler."""
    prepare(settings)
    become(daemon(settings))


def serve_code(settings: Settings, host: str, port: int) -> NoReturn:
    """Replaces this process by the server of the code location.

    Raises:
        ConfigurationError: the address is taken.
    """
    check_free(host, port)
    prepare(settings)
    reap(settings)
    become(code(host, port))


def prepare(settings: Settings) -> None:
    """Prepares home, Dagster's instance and dbt's manifest."""
    workspace(settings)
    prepare_home(settings)
    ensure_manifest(settings)


def reap(settings: Settings) -> None:
    """Ends the records of killed runs; for the process that is about to start runs."""
    with dg.DagsterInstance.get() as instance:
        reap_dead_runs(settings, instance)


def workspace(settings: Settings) -> Path:
    """The file that says where the code location is.

    Raises:
        ConfigurationError: there is none.
    """
    if settings.workspace and not settings.workspace.is_file():
        raise ConfigurationError(f"AFFILIATE_WORKSPACE: there is no file {settings.workspace}")
    return settings.workspace or WORKSPACE


def become(command: list[str]) -> NoReturn:
    """Replaces this process: signals and the exit code are then the server's own."""
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606


def check_free(host: str, port: int) -> None:
    """Tries to listen on the address.

    Raises:
        ConfigurationError: it is taken, or is no address of this machine.
    """
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise ConfigurationError(f"port {port} of {host}: {error.strerror}") from None


def daemon(settings: Settings) -> list[str]:
    """Schedules, sensors, the queue of runs and their monitoring."""
    program = str(BIN / "dagster-daemon")
    return [program, "run", "-w", str(workspace(settings)), "--log-level", "warning"]


def code(host: str, port: int) -> list[str]:
    """The code location for web server and daemon; runs are its children."""
    module = ["--module-name", "orchestration.definitions"]
    address = ["--host", host, "--port", str(port)]
    server = [sys.executable, "-m", "orchestration.lib.code_server"]
    return [*server, *module, *address, "--log-level", "warning"]
